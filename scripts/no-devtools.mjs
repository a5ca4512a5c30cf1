// Ink asks for the React developer tools in development only; the bundle leaves them out.
export default {};
