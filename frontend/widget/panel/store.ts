/** This browser's memory of the chat; the page's own memory when the browser refuses or has no room. */

export class Store {
  private readonly page = new Map<string, string>();

  constructor(private readonly prefix: string) {}

  /** Whether what is kept now outlives the page. */
  get lasts(): boolean {
    return this.page.size === 0;
  }

  get(name: string): string | null {
    const held = this.page.get(name);
    if (held !== undefined) return held;
    try {
      return localStorage.getItem(this.prefix + name);
    } catch {
      return null;
    }
  }

  set(name: string, value: string): void {
    try {
      localStorage.setItem(this.prefix + name, value);
      this.page.delete(name);
    } catch {
      this.page.set(name, value);
    }
  }

  remove(name: string): void {
    this.page.delete(name);
    try {
      localStorage.removeItem(this.prefix + name);
    } catch {
      // nothing was kept there
    }
  }

  /** The names below a prefix, in order. */
  names(below: string): string[] {
    const found = new Set([...this.page.keys()].filter((name) => name.startsWith(below)));
    try {
      for (let at = 0; at < localStorage.length; at++) {
        const name = localStorage.key(at) ?? "";
        if (name.startsWith(this.prefix + below)) found.add(name.slice(this.prefix.length));
      }
    } catch {
      // only the page's own memory
    }
    return [...found].sort();
  }

  /** Hears what another tab of this browser changed. */
  watch(changed: (name: string, value: string | null) => void): void {
    addEventListener("storage", (event) => {
      if (event.key?.startsWith(this.prefix)) changed(event.key.slice(this.prefix.length), event.newValue);
    });
  }
}
