// A page that is made anew for each request: Next.js tags its content.
export const getServerSideProps = async () => ({ props: { text: 'hello '.repeat(600) } });
export default ({ text }) => text;
