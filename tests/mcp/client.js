// The client that the conformance suite starts: asks the tests to connect to the server of the suite, and ends when they have.
const [tests, server] = process.argv.slice(2);
const answer = await fetch(tests, {
  method: "POST",
  headers: { "Content-Type": "application/json" },
  body: JSON.stringify({ server, context: JSON.parse(process.env.MCP_CONFORMANCE_CONTEXT ?? "null") }),
});
console.log(await answer.text());
process.exitCode = answer.ok ? 0 : 1;
