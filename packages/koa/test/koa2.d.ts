// Koa 2 as far as the tests use it.
declare module 'koa2' {
  import Koa from 'koa';

  export default Koa;
}
