// For each flow file that is named: a line of JSON, in which each line of the file is its pieces with their scopes.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const oniguruma = require("vscode-oniguruma");
const textmate = require("vscode-textmate");

const [grammarFile, ...files] = process.argv.slice(2);

async function main() {
  const wasm = path.join(path.dirname(require.resolve("vscode-oniguruma")), "onig.wasm");
  await oniguruma.loadWASM(fs.readFileSync(wasm).buffer);
  const registry = new textmate.Registry({
    onigLib: Promise.resolve({
      createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
      createOnigString: (text) => new oniguruma.OnigString(text),
    }),
    loadGrammar: async () => textmate.parseRawGrammar(fs.readFileSync(grammarFile, "utf8"), grammarFile),
  });
  const grammar = await registry.loadGrammar("source.dundun");
  for (const file of files) {
    let stack = textmate.INITIAL;
    const rows = [];
    for (const row of fs.readFileSync(file, "utf8").split("\n")) {
      const found = grammar.tokenizeLine(row, stack);
      stack = found.ruleStack;
      rows.push(found.tokens.map((each) => [row.slice(each.startIndex, each.endIndex), each.scopes.slice(1)]));
    }
    console.log(JSON.stringify(rows));
  }
}

main();
