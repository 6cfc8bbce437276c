// The editor: CodeMirror with Python's colours, the line of an error marked, and Ctrl+Enter to run.
import {EditorState, StateEffect, StateField} from "@codemirror/state";
import {Decoration, EditorView, drawSelection, highlightActiveLine, keymap, lineNumbers} from "@codemirror/view";
import {defaultKeymap, history, historyKeymap, indentWithTab} from "@codemirror/commands";
import {StreamLanguage, bracketMatching, indentOnInput, indentUnit, syntaxHighlighting} from "@codemirror/language";
import {classHighlighter} from "@lezer/highlight";
import {python} from "@codemirror/legacy-modes/mode/python";

const marked = StateEffect.define();
const errorLine = StateField.define({
  create: () => Decoration.none,
  update(lines, change) {
    if (change.docChanged) lines = Decoration.none;
    for (const effect of change.effects) if (effect.is(marked)) lines = effect.value;
    return lines;
  },
  provide: (field) => EditorView.decorations.from(field),
});

export function makeEditor(parent, label, run, changed) {
  const language = StreamLanguage.define(python);
  const extensions = [
    lineNumbers(), history(), drawSelection(), highlightActiveLine(), bracketMatching(), indentOnInput(), indentUnit.of("    "),
    EditorView.lineWrapping, language, syntaxHighlighting(classHighlighter), errorLine, EditorState.tabSize.of(4),
    keymap.of([{key: "Ctrl-Enter", mac: "Cmd-Enter", run: () => (run(), true)}, ...defaultKeymap, ...historyKeymap, indentWithTab]),
    EditorView.contentAttributes.of({"aria-label": label, tabindex: "0"}),
    EditorView.updateListener.of((update) => update.docChanged && changed()),
  ];
  const view = new EditorView({state: EditorState.create({extensions}), parent});
  return {
    text: () => view.state.doc.toString(),
    focus: () => view.focus(),
    setText(text) {
      view.dispatch({changes: {from: 0, to: view.state.doc.length, insert: text}, selection: {anchor: 0}});
    },
    mark(number) {
      const line = number && number <= view.state.doc.lines ? view.state.doc.line(number) : null;
      const lines = line ? Decoration.set([Decoration.line({class: "cm-wrong"}).range(line.from)]) : Decoration.none;
      const effects = [marked.of(lines)];
      if (line) effects.push(EditorView.scrollIntoView(line.from, {y: "nearest"}));
      view.dispatch({effects});
    },
  };
}
