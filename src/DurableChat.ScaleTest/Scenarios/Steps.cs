using DurableChat.ScaleTest.Wire;

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
            async (driver, cancelled) => await DriveAsync(
                driver, () => driver.CreateAsync(load.Options.Subscribers, cancelled)));
        if (load.Drivers.All(driver => driver.HasGivenUp))
        {
            throw new CommandFailedException($"No chat could be created. {load.Counters.Failures.First()}");
        }

        load.Phase = "first turns";
        await WaitForAllAsync(load, cancellationToken);
    }

    /// <summary>Waits for the turns of all chats.</summary>
    public static Task WaitForAllAsync(Load load, CancellationToken cancellationToken) =>
        Task.WhenAll(
            load.Drivers.Where(driver => !driver.HasGivenUp).Select(driver => driver.WaitAsync(cancellationToken)));

    /// <summary>
    /// Does something with a chat, unless it has given up. A command that fails ends that chat's part; the others go
    /// on, and there is a report.
    /// </summary>
    public static async Task DriveAsync(ChatDriver driver, Func<Task> drive)
    {
        if (driver.HasGivenUp)
        {
            return;
        }

        try
        {
            await drive();
        }
        catch (CommandFailedException exception)
        {
            driver.GiveUp(exception.Message);
        }
    }

    /// <summary>Waits between a turn and the next.</summary>
    public static Task PauseAsync(Load load, CancellationToken cancellationToken) =>
        load.Options.FollowUpDelay > TimeSpan.Zero
            ? Task.Delay(load.Options.FollowUpDelay, load.Time, cancellationToken)
            : Task.CompletedTask;

    /// <summary>Sends one message and waits for its turn.</summary>
    public static Task FollowUpAsync(Load load, ChatDriver driver, CancellationToken cancellationToken) =>
        DriveAsync(driver, async () =>
        {
            await PauseAsync(load, cancellationToken);
            await driver.SendAsync(cancellationToken);
            await driver.WaitAsync(cancellationToken);
        });
}
