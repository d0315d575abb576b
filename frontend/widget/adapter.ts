/**
 * For a page that was written for HubSpot's chat: its global names, on top of ours, so that no line of the page changes.
 * It stands before the chat's own script.
 */
type Listener = (detail: object) => void;
type Task = () => void;

interface Other {
  hsConversationsSettings?: Record<string, unknown>;
  hsConversationsOnReady?: Task[];
  HubSpotConversations?: object;
}

const page = window as unknown as Other & { Parley: any; ParleySettings?: object };

/** Ours, by their names; and what theirs are told. */
const EVENTS: Record<string, [ours: string, payload: (detail: any) => object]> = {
  conversationStarted: ["started", ({ value }) => ({ payload: { conversation: { conversationId: value } } })],
  conversationClosed: ["ended", ({ value }) => ({ payload: { conversation: { conversationId: value } } })],
  userSelectedThread: ["selected", ({ value }) => ({ payload: { conversation: { conversationId: value } } })],
  unreadConversationCountChanged: ["unread", ({ count }) => ({ payload: { unreadCount: count } })],
  contactAssociated: ["associated", () => ({ payload: { message: "visitor has identified themselves" } })],
  userInteractedWithWidget: ["interacted", () => ({ payload: { message: "widget has been interacted with" } })],
  widgetLoaded: ["loaded", () => ({ payload: { message: "widget has loaded" } })],
  quickReplyButtonClick: ["reply", ({ value }) => ({ payload: { value: [value] } })],
  widgetClosed: ["closed", () => ({ payload: { message: "widget has closed" } })],
};

page.ParleySettings = { ...page.hsConversationsSettings, ...page.ParleySettings };
page.Parley ??= [];
const heard = new Map<Listener, Listener>();
/** Whatever of ours is there by then. */
function ask(name: string, ...given: unknown[]): void {
  if (Array.isArray(page.Parley)) page.Parley.push(() => page.Parley[name](...given));
  else page.Parley[name](...given);
}

page.HubSpotConversations ??= {
  widget: {
    load: (given?: object) => ask("load", given),
    open: () => ask("open"),
    close: () => ask("close"),
    refresh: (given?: object) => ask("refresh", given),
    remove: () => ask("remove"),
    status: () => (Array.isArray(page.Parley) ? { loaded: false, pending: true } : page.Parley.status()),
  },
  clear: (given?: object) => ask("clear", given),
  resetAndReloadWidget: () => ask("clear", { resetWidget: true }),
  debug: () => ask("debug"),
  on(name: string, listener: Listener): void {
    const known = EVENTS[name];
    if (!known) return;
    const mine: Listener = (detail) => listener(known[1](detail));
    heard.set(listener, mine);
    ask("on", known[0], mine);
  },
  off(name: string, listener: Listener): void {
    const known = EVENTS[name];
    if (known && heard.has(listener)) ask("off", known[0], heard.get(listener));
  },
};

// Theirs run a queue once and then call what is pushed at once.
const waiting = page.hsConversationsOnReady ?? [];
page.hsConversationsOnReady = { push: (...tasks: Task[]) => tasks.forEach((task) => page.Parley.push(task)) } as never;
page.Parley.push(() => waiting.forEach((task) => task()));
