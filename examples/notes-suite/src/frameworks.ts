/** The examples under test: `notes-<name>` beside this package. */
export const frameworks = ['hono', 'koa', 'express', 'fastify', 'nestjs', 'workers'];
