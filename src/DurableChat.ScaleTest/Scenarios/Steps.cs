namespace DurableChat.ScaleTest.Scenarios;

/// <summary>What several scenarios do.</summary>
internal static class Steps
{
    private const int CreatedAtOnce = 100;

    /// <summary>Creates all chats and waits until every first turn has ended: the gate.</summary>
    public static async Task CreateAllAsync(Load load, CancellationToken cancellationToken)
    {
        load.Phase = "creating chats";
        await Parallel.ForEachAsync(
            load.Drivers,
            new ParallelOptions { MaxDegreeOfParallelism = CreatedAtOnce, CancellationToken = cancellationToken },
            async (driver, cancelled) => await driver.CreateAsync(load.Options.Subscribers, cancelled));
        load.Phase = "first turns";
        await Task.WhenAll(load.Drivers.Select(driver => driver.WaitAsync(cancellationToken)));
    }

    /// <summary>Waits between a turn and the next.</summary>
    public static Task PauseAsync(Load load, CancellationToken cancellationToken) =>
        load.Options.FollowUpDelay > TimeSpan.Zero ? Task.Delay(load.Options.FollowUpDelay, load.Time, cancellationToken) : Task.CompletedTask;

    /// <summary>Sends one message and waits for its turn.</summary>
    public static async Task FollowUpAsync(Load load, ChatDriver driver, CancellationToken cancellationToken)
    {
        await PauseAsync(load, cancellationToken);
        await driver.SendAsync(cancellationToken);
        await driver.WaitAsync(cancellationToken);
    }
}
