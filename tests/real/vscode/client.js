// The extension's client, started as Visual Studio Code does it, with made-up settings; prints what it did as JSON.
"use strict";

const Module = require("node:module");

const [clientFile, command, folder, fails] = process.argv.slice(2);
const done = [];
let changed;

class LanguageClient {
  constructor(id, name, server, options) {
    done.push(["made", server, options.documentSelector]);
  }
  error(message, data, show) {
    if (show) done.push(["shown", message]);
  }
  async start() {
    if (fails) {
      this.error("could not connect", undefined, "force");
      throw new Error("there is no such command");
    }
    done.push(["started"]);
    setImmediate(() => this.error("it crashed", undefined, "force"));
  }
  async stop() {
    done.push(["stopped"]);
  }
}

const modules = {
  vscode: {
    workspace: {
      workspaceFolders: folder ? [{ uri: { fsPath: folder } }] : undefined,
      getConfiguration: () => ({ get: () => command }),
      onDidChangeConfiguration: (listener) => ((changed = listener), { dispose() {} }),
    },
    window: {
      showErrorMessage: async (text, button) => {
        done.push(["told", text]);
        return button;
      },
    },
    commands: { executeCommand: async (...said) => done.push(["did", ...said]) },
  },
  "vscode-languageclient/node": { LanguageClient },
};
const load = Module._load;
Module._load = (name, ...rest) => modules[name] ?? load(name, ...rest);

async function main() {
  const client = require(clientFile);
  const context = { subscriptions: [] };
  await client.activate(context);
  await new Promise(setImmediate);
  await changed({ affectsConfiguration: (name) => name === "dundun.command" });
  await changed({ affectsConfiguration: () => false });
  await new Promise(setImmediate);
  await client.deactivate();
  console.log(JSON.stringify(done));
}

main();
