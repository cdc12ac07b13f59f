// Starts `dundun lsp` for flow files; everything that it knows of the language comes from there.
"use strict";

const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

let client;

/** The command of the settings; a relative path stands in the folder that is open. */
function command() {
  const said = vscode.workspace.getConfiguration("dundun").get("command", "dundun");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const relative = /[\\/]/.test(said) && !path.isAbsolute(said);
  return relative && folder ? path.join(folder, said) : said;
}

async function start() {
  const named = command();
  client = new LanguageClient(
    "dundun",
    "Dundun flows",
    { command: named, args: ["lsp", "--stdio"] },
    { documentSelector: [{ language: "dundun-flow" }] },
  );
  try {
    await client.start();
  } catch {
    client = undefined;
    vscode.window.showErrorMessage(
      `The command ${named} could not be started. Install Dundun, or say in the setting dundun.command where it is.`,
    );
  }
}

async function stop() {
  const running = client;
  client = undefined;
  await running?.stop();
}

exports.activate = async (context) => {
  context.subscriptions.push(
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("dundun.command")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
};

exports.deactivate = stop;
