// Builds what browsers load into static/dist/. `--watch` rebuilds on change.
import * as esbuild from "esbuild";
import { copyFile, mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { minify } from "terser";

const here = dirname(fileURLToPath(import.meta.url));
const out = join(here, "..", "static", "dist");
const watching = process.argv.includes("--watch");

const common = { bundle: true, minify: !watching, charset: "utf8", logLevel: "warning", legalComments: "none" };

/** The agent app: one script, its style sheets, the font files beside them. */
const app = {
  ...common,
  entryPoints: [
    { in: join(here, "js/app.ts"), out: "app" },
    { in: join(here, "css/app.css"), out: "app" },
    // What few pages show stands on those alone: the doors, the builder of chatflows, and reports.
    { in: join(here, "css/components/auth.css"), out: "door" },
    { in: join(here, "css/components/builder.css"), out: "builder" },
    { in: join(here, "css/analytics.css"), out: "analytics" },
    { in: join(here, "js/analytics.ts"), out: "analytics" },
  ],
  outdir: out,
  format: "iife",
  // light-dark(), oklch() and cascade layers stay as written: all of these browsers read them.
  target: ["chrome123", "firefox128", "safari17.5"],
  loader: { ".woff2": "file" },
  assetNames: "fonts/[name]",
};

/** The editor of letters: fetched only when somebody has a letter to write. */
const editor = { ...common, entryPoints: [{ in: join(here, "js/editor/mount.ts"), out: "editor" }], outdir: out, format: "esm", target: app.target };

/** The builder of chatflows: fetched on its own page alone; and what stands around the panel in its preview. */
const builder = {
  ...common,
  entryPoints: [
    { in: join(here, "js/builder/mount.ts"), out: "builder" },
    { in: join(here, "js/preview.ts"), out: "preview" },
    { in: join(here, "css/preview.css"), out: "preview" },
  ],
  outdir: out,
  format: "esm",
  target: app.target,
};

/** What hears pushes while no page is open; served from the root (notifications/views). */
const worker = { ...common, entryPoints: [{ in: join(here, "sw.ts"), out: "sw" }], outdir: out, format: "iife", target: app.target };

/** A style sheet as a text inside of a script, as small as if it stood alone. */
const sheetInside = {
  name: "sheet-inside",
  setup(build) {
    build.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const options = { loader: "css", minify: common.minify, charset: "utf8", target: app.target };
      return { contents: (await esbuild.transform(await readFile(path, "utf8"), options)).code, loader: "text" };
    });
  },
};

/** What a customer's page loads is made smaller once more: a twelfth of it, for a second of our time. */
const smallest = {
  name: "smallest",
  setup(build) {
    build.initialOptions.write = false;
    build.onEnd(async ({ outputFiles = [] }) => {
      for (const { path, text } of outputFiles) await writeFile(path, path.endsWith(".js") ? await smaller(text, build) : text);
    });
  },
};

/**
 * Names that never leave the widget's own files: not in an answer of the server, not in what the browser keeps, not in the
 * interface that pages use, and not exported. All files call them by the same short name; append only (`_`: a place that is free).
 */
const OURS =
  "lastOfTheirs acknowledge introduce joinedAfter fresh standing typing _ forgotten session stands refused limited restarted draw note banner furnish lineIs wired write ask home discard reachable beside remember resume drawn chat config settings box post drop frame isOpen speak element look attach retryAfter screen transcript chats waiting sync receipt soon take done call _".split(" ");
const SHORT = Object.fromEntries(OURS.map((name, at) => [`$${name}`, String.fromCharCode(65 + (at % 26)) + (at < 26 ? "" : Math.floor(at / 26))]));

async function smaller(text, { initialOptions: { format } }) {
  const unsafe = { unsafe: true, unsafe_arrows: true, unsafe_methods: true, pure_getters: true, keep_fargs: false };
  const compress = { passes: 5, ecma: 2022, toplevel: true, ...unsafe };
  const properties = { regex: new RegExp(`^(${OURS.join("|")})$`) };
  const nameCache = { vars: { props: {} }, props: { props: { ...SHORT } } };
  const { code } = await minify(text, { module: format === "esm", ecma: 2022, compress, mangle: { toplevel: true, properties }, nameCache });
  return code;
}

/** The visitor's widget: what is embedded stays tiny, the launcher comes when the page is idle, the panel when it is wanted. */
const widget = ["loader.ts:widget", "launcher.ts:launcher", "panel.ts:panel", "extras.ts:extras", "care.ts:care", "care/requests.ts:requests", "more.ts:more", "adapter.ts:adapter", "own.ts:own", "panel.css:panel"]
  .map((pair) => pair.split(":"))
  .map(([source, name]) => ({
    ...common,
    entryPoints: [{ in: join(here, "widget", source), out: name }],
    outdir: out,
    format: /^(launcher|extras|care|more)/.test(source) ? "esm" : "iife",
    target: app.target,
    plugins: [...(/^(launcher|extras)/.test(source) ? [sheetInside] : []), ...(watching ? [] : [smallest])],
  }));

/** The pages of forms, and the script that sets one on a customer's site. */
const forms = {
  ...common,
  entryPoints: ["form.ts:form", "embed.ts:form-embed", "form.css:form"].map((pair) => pair.split(":")).map(([source, out]) => ({ in: join(here, "form", source), out })),
  outdir: out,
  format: "iife",
  target: app.target,
};

/** One sprite of every icon that icons.json names, plus our own drawings. Pages draw `<use href="icons.svg#i-name">`. */
async function sprite() {
  const names = JSON.parse(await readFile(join(here, "icons/icons.json"), "utf8"));
  const files = Object.entries(names).map(([name, lucide]) => [name, join(here, `node_modules/lucide-static/icons/${lucide}.svg`)]);
  for (const own of (await readdir(join(here, "icons"))).filter((file) => file.endsWith(".svg"))) {
    files.push([own.slice(0, -4), join(here, "icons", own)]);
  }
  const symbols = await Promise.all(files.map(async ([name, path]) => symbol(name, await readFile(path, "utf8"))));
  const licence = "<!-- Icons: Lucide (ISC licence), https://lucide.dev -->";
  await writeFile(join(out, "icons.svg"), `<svg xmlns="http://www.w3.org/2000/svg">${licence}${symbols.join("")}</svg>\n`);
}

function symbol(name, svg) {
  const inside = svg.replace(/<!--[\s\S]*?-->/g, "").replace(/^[\s\S]*?<svg[^>]*>|<\/svg>\s*$/g, "");
  return `<symbol id="i-${name}" viewBox="0 0 24 24">${inside.replace(/\s+/g, " ").trim()}</symbol>`;
}

/** Emoji with their names and other words for them, one small file a language; fetched when first wanted. */
async function emoji(language) {
  const all = JSON.parse(await readFile(join(here, `node_modules/emojibase-data/${language}/compact.json`), "utf8"));
  const shown = all.filter(({ group, order }) => group !== undefined && group !== 2 && order !== undefined).sort((a, b) => a.order - b.order);
  await writeFile(join(out, `emoji-${language}.json`), JSON.stringify(shown.map(({ unicode, label, tags = [] }) => [unicode, label, tags.join(" ")])));
}

/**
 * What the server draws names with in pictures for mail, where the font of the pages lacks their letters: Chinese and
 * Japanese, Korean, Arabic, Hebrew. No page loads them. names.json: which letters each file has, as its package says.
 */
async function names() {
  const wanted = { "noto-sans-sc": /^\[/, "noto-sans-kr": /^\[/, "noto-sans-arabic": /^arabic$/, "noto-sans-hebrew": /^hebrew$/ };
  const folder = join(out, "names");
  await mkdir(folder, { recursive: true });
  const has = {};
  for (const [family, parts] of Object.entries(wanted)) {
    const of = join(here, "node_modules/@fontsource-variable", family);
    const ranges = JSON.parse(await readFile(join(of, "unicode.json"), "utf8"));
    for (const [part, letters] of Object.entries(ranges)) {
      // Of the Korean font only Hangul: its other signs are those of the Chinese one.
      if (!parts.test(part) || (family === "noto-sans-kr" && !/U\+(a[c-f]|[bc]|d[0-7])[0-9a-f]{2}/i.test(letters))) continue;
      const file = `${family}-${part.replace(/[[\]]/g, "")}-wght-normal.woff2`;
      await copyFile(join(of, "files", file), join(folder, file));
      has[file] = letters;
    }
  }
  await writeFile(join(out, "names.json"), JSON.stringify(has));
}

await rm(out, { recursive: true, force: true });
await mkdir(out, { recursive: true });
await Promise.all([sprite(), names(), emoji("en"), emoji("fr")]);
if (watching) {
  for (const options of [app, editor, builder, worker, forms, ...widget]) await (await esbuild.context(options)).watch();
} else {
  await Promise.all([app, editor, builder, worker, forms, ...widget].map((options) => esbuild.build(options)));
}
