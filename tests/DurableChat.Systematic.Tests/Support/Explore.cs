using System.Globalization;
using Microsoft.Coyote;
using Microsoft.Coyote.Logging;
using Microsoft.Coyote.SystematicTesting;
using Xunit;

namespace DurableChat.Systematic.Tests;

/// <summary>
/// Runs a scenario under thousands of schedules. Coyote takes over locks, tasks and awaits of the rewritten assemblies and decides at each of them who goes on; a
/// failed assertion, an unexpected exception or a deadlock in any schedule fails the test, and the seed in the report replays it. <c>COYOTE_ITERATIONS</c> sets how many
/// schedules each test explores.
/// </summary>
internal static class Explore
{
    private const uint Iterations = 1_000;
    private const uint Seed = 20260101;

    public static void Schedules(Func<Task> scenario, uint iterations = Iterations)
    {
        if (Environment.GetEnvironmentVariable("COYOTE_ITERATIONS") is { Length: > 0 } wanted)
        {
            iterations = uint.Parse(wanted, CultureInfo.InvariantCulture);
        }

        foreach (var configuration in new[]
        {
            Configure(iterations / 2).WithRandomStrategy(),
            Configure(iterations / 2).WithPrioritizationStrategy(isFair: true),
        })
        {
            using var engine = TestingEngine.Create(configuration, scenario);
            engine.SetLogger(new MemoryLogger(VerbosityLevel.None));
            engine.Run();
            Assert.True(engine.TestReport.NumOfFoundBugs == 0, $"{string.Join('\n', engine.TestReport.BugReports)}\n{engine.GetReport()}");
            Assert.True(engine.TestReport.NumOfExploredFairPaths + engine.TestReport.NumOfExploredUnfairPaths > 1, "Nothing was explored: the assemblies are not rewritten.");
        }
    }

    private static Configuration Configure(uint iterations) => Configuration.Create()
        .WithTestingIterations(iterations)
        .WithRandomGeneratorSeed(Seed)
        .WithMaxSchedulingSteps(5_000)

        // A busy machine is no deadlock.
        .WithDeadlockTimeout(60_000)
        .WithTelemetryEnabled(false)
        .WithVerbosityEnabled(VerbosityLevel.None);
}
