// A reporter for vitest: the slowest files, so that the time of a run cannot grow unseen. Its JSON counts the tests of a file alone; most of the
// time of a suite that starts something is in its hooks.
const SHOWN = 20;

export default class FileTimes {
  onTestRunEnd(testModules) {
    const files = testModules.map((testModule) => {
      const { environmentSetupDuration, prepareDuration, collectDuration, setupDuration, duration } = testModule.diagnostic();
      return { name: testModule.relativeModuleId, ms: environmentSetupDuration + prepareDuration + collectDuration + setupDuration + duration };
    });
    const slowest = files.toSorted((left, right) => right.ms - left.ms).slice(0, SHOWN);
    const lines = slowest.map(({ name, ms }) => `${(ms / 1_000).toFixed(1).padStart(8)} s  ${name}`);
    process.stdout.write(`\nThe ${slowest.length} slowest of ${files.length} files:\n${lines.join('\n')}\n`);
  }
}
