/** Languages of code by the names that editors and pages give them, where Markdown has other names. */
const ALIASES = {
  javascriptreact: "jsx",
  typescriptreact: "tsx",
  shellscript: "sh",
  jsonc: "json",
  makefile: "make",
  dockerfile: "docker",
  shell: "sh",
};

/** Names that mean the same in Markdown. */
export const LANGUAGES = new Set([
  "bash", "c", "clojure", "cpp", "csharp", "css", "dart", "diff", "docker", "elixir", "erlang", "go", "graphql",
  "groovy", "haskell", "html", "http", "ini", "java", "javascript", "js", "json", "jsx", "julia", "kotlin", "less",
  "lua", "make", "nginx", "perl", "php", "powershell", "python", "py", "r", "ruby", "rust", "scala", "scss", "sh",
  "sql", "swift", "toml", "ts", "tsx", "typescript", "vue", "xml", "yaml", "yml", "zig",
]);

/** The name of a language after a fence; empty if it is unknown. @param {string} name */
export function fenceLanguage(name) {
  const language = ALIASES[name.toLowerCase()] ?? name.toLowerCase();
  return LANGUAGES.has(language) ? language : "";
}
