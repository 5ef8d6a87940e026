/** One thing that is wrong with the settings. */
export interface ConfigurationProblem {
  /** Dotted path of the setting or section; left out where the problem is a source as a whole. */
  readonly path?: string | undefined;
  /** Where it stands: `default`, `file …`, `environment …`, `override`, or several of them. */
  readonly layer: string;
  /** The whole problem in one line that says what to do, without any value. */
  readonly message: string;
}
