/** What the command's status says. */
export const exitStatus = {
  succeeded: 0,
  /** Something was tried and some of it failed. */
  failed: 1,
  /** Nothing was sent: wrong usage, configuration or directory. */
  refused: 2,
  /** Ended by Ctrl-C. */
  interrupted: 130,
} as const;

export type ExitStatus = (typeof exitStatus)[keyof typeof exitStatus];
