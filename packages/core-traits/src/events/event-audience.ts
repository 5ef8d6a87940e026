import type { EventListener, PublishedEvent } from './event-publisher.ts';

interface Member {
  readonly listener: EventListener;
  /** Settles when the member has heard all that it was told. */
  heard: Promise<void>;
}

/**
 * Those who hear events in this process. Each hears them in order, one at a time and on its own time, with data of its
 * own; one that fails or takes long harms nobody else.
 */
export class EventAudience {
  readonly #members: Set<Member> = new Set();

  /** Adds a listener until the returned function is called; from then on it hears nothing more. */
  add(listener: EventListener): () => Promise<void> {
    const member: Member = { listener, heard: Promise.resolve() };
    this.#members.add(member);
    return async () => void this.#members.delete(member);
  }

  /** Tells everybody, without waiting for anybody. */
  tell(event: PublishedEvent): void {
    for (const member of this.#members) {
      const own = structuredClone(event);
      member.heard = member.heard.then(async () => {
        if (!this.#members.has(member)) return;
        try {
          await member.listener(own);
        } catch {
          // It was told; what it makes of it is its own affair.
        }
      });
    }
  }

  /** Nobody hears anything more. */
  clear(): void {
    this.#members.clear();
  }
}
