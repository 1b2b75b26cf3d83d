using Xunit;

namespace DurableChat.ScaleTest.Tests.Runs;

/// <summary>Whole runs, one at a time: each has processes of its own and keeps the machine busy.</summary>
[CollectionDefinition(nameof(RunCollection), DisableParallelization = true)]
public sealed class RunCollection;
