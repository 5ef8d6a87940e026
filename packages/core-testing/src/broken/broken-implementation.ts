/** An implementation with one defect, on purpose: proof that a suite would find it. */
export interface BrokenImplementation<Factory> {
  /** What is wrong with it, as the end of the sentence "an implementation that …". */
  readonly defect: string;
  /** The law that it breaks: the name of the suite's test. It may break others with it. */
  readonly law: string;
  /** To be given to the suite. */
  readonly factory: Factory;
}
