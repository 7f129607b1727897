/** Sessions that sshd gives one connection by default (sshd_config(5), MaxSessions). */
const usualLimit = 10;
/** Places that followed logs leave for commands. */
const forCommands = 3;

/** Takes turns for the sessions of one connection: what sshd would refuse waits here. */
export class SessionGate {
	#limit = usualLimit;
	#taken = 0;
	#lasting = 0;
	#waiting: Array<{ readonly lasts: boolean; readonly enter: () => void }> = [];

	/** Resolves with a place; its release may be called more than once. `lasts`: it is kept for long. */
	enter(lasts: boolean): Promise<() => void> {
		return new Promise((resolve) => {
			this.#waiting.push({
				lasts,
				enter: () => {
					this.#taken++;
					if (lasts) this.#lasting++;
					let isHeld = true;
					resolve(() => {
						if (!isHeld) return;
						isHeld = false;
						this.#taken--;
						if (lasts) this.#lasting--;
						this.#admit();
					});
				},
			});
			this.#admit();
		});
	}

	/** sshd refused one although there was a place: it allows fewer. The one that was refused is still counted. */
	lower(): void {
		this.#limit = Math.max(1, this.#taken - 1);
	}

	#admit(): void {
		const most = Math.max(1, this.#limit - forCommands);
		for (;;) {
			if (this.#taken >= this.#limit) return;
			const index = this.#waiting.findIndex(({ lasts }) => !lasts || this.#lasting < most);
			if (index === -1) return;
			const [next] = this.#waiting.splice(index, 1);
			next?.enter();
		}
	}
}
