/** The page's own title, which may change meanwhile, after the number of what is unread. */
let prefix = "";

export function title(_launcher: unknown, unread: number): void {
  const { title } = document;
  const own = title.startsWith(prefix) ? title.slice(prefix.length) : title;
  prefix = unread ? `(${unread}) ` : "";
  if (title !== prefix + own) document.title = prefix + own;
}
