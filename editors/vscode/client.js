// Starts `dundun lsp` for flow files; everything that it knows of the language comes from there.
"use strict";

const path = require("node:path");
const vscode = require("vscode");
const { LanguageClient } = require("vscode-languageclient/node");

const SETTING = "Open the setting";

let client;

/** Of a command that cannot be started the library tells in its own words, too: ours say what to do. */
class Client extends LanguageClient {
  starting = true;

  error(message, data, show = true) {
    super.error(message, data, this.starting ? false : show);
  }

  async start() {
    await super.start();
    this.starting = false;
  }
}

/** The command of the settings; a relative path stands in the folder that is open. */
function command() {
  const said = vscode.workspace.getConfiguration("dundun").get("command", "dundun");
  const folder = vscode.workspace.workspaceFolders?.[0]?.uri.fsPath;
  const relative = /[\\/]/.test(said) && !path.isAbsolute(said);
  return relative && folder ? path.join(folder, said) : said;
}

async function start() {
  const named = command();
  client = new Client(
    "dundun",
    "Dundun flows",
    { command: named, args: ["lsp", "--stdio"] },
    { documentSelector: [{ language: "dundun-flow" }] },
  );
  try {
    await client.start();
  } catch {
    client = undefined;
    lacking(named);
  }
}

/** Without a button an editor would cut the sentence off. */
async function lacking(named) {
  const text = `The command ${named} could not be started. Install Dundun, or say in the setting dundun.command where it is.`;
  if ((await vscode.window.showErrorMessage(text, SETTING)) === SETTING) {
    await vscode.commands.executeCommand("workbench.action.openSettings", "dundun.command");
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
