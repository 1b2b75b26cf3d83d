// Starts the conformance suite. Its command for GitHub, which is not used here, imports fs.globSync, and Node.js 20 has none.
import { register } from "node:module";

const fs = "data:text/javascript,export * from 'node:fs'; export const globSync = undefined;";
const hooks = `export const resolve = (name, context, next) =>
  name === "fs" ? { url: ${JSON.stringify(fs)}, shortCircuit: true } : next(name, context);`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
await import("@modelcontextprotocol/conformance/dist/index.js");
