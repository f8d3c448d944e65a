// The part of SARIF 2.1.0 that GitHub's code scanning reads, with what the standard requires of it and nothing that it does
// not know.

const message = object({ text: { type: 'string', minLength: 1 } }, ['text']);
const level = { enum: ['none', 'note', 'warning', 'error'] };
const properties = { type: 'object' };
const uri = { type: 'string', minLength: 1, pattern: '^\\S+$' };

/** A JSON object with these members and no others. */
function object(members: Record<string, unknown>, required: readonly string[] = []) {
  return { type: 'object', properties: members, required, additionalProperties: false };
}

const list = (items: unknown) => ({ type: 'array', items });

// SARIF §3.49
const rule = object(
  {
    id: { type: 'string', minLength: 1 },
    shortDescription: message,
    fullDescription: message,
    help: message,
    helpUri: uri,
    defaultConfiguration: object({ level }),
  },
  ['id'],
);

// SARIF §3.28
const location = object({
  physicalLocation: object(
    {
      artifactLocation: object({ uri, uriBaseId: { type: 'string' } }, ['uri']),
      region: object({ startLine: { type: 'integer', minimum: 1 } }, ['startLine']),
    },
    ['artifactLocation'],
  ),
  logicalLocations: list(object({ fullyQualifiedName: { type: 'string' }, kind: { type: 'string' } })),
});

// SARIF §3.27
const result = object(
  {
    ruleId: { type: 'string' },
    ruleIndex: { type: 'integer', minimum: 0 },
    level,
    message,
    locations: list(location),
    partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
    properties,
  },
  ['message'],
);

// SARIF §3.13, §3.14, §3.20
/** The shape that a log has to have. */
export const sarifSchema = object(
  {
    $schema: uri,
    version: { const: '2.1.0' },
    runs: list(
      object(
        {
          tool: object(
            { driver: object({ name: { type: 'string' }, informationUri: uri, rules: list(rule) }, ['name']) },
            ['driver'],
          ),
          invocations: list(
            object(
              {
                executionSuccessful: { type: 'boolean' },
                toolExecutionNotifications: list(object({ level, message }, ['message'])),
              },
              ['executionSuccessful'],
            ),
          ),
          results: list(result),
        },
        ['tool'],
      ),
    ),
  },
  ['version', 'runs'],
);
