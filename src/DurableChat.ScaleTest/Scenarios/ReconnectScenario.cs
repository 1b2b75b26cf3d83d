namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// In every turn, once all chats show parts of their answers, all streams are cut at once and resume from their last
/// positions.
/// </summary>
internal sealed class ReconnectScenario : IScenario
{
    public async Task RunAsync(Load load, CancellationToken cancellationToken)
    {
        await Steps.CreateAllAsync(load, cancellationToken);
        for (var turn = 2; turn <= load.Options.Turns; turn++)
        {
            load.Phase = $"turn {turn}: sending";
            await Steps.PauseAsync(load, cancellationToken);
            await Task.WhenAll(load.Drivers.Select(driver => Steps.DriveAsync(driver, async () =>
            {
                await driver.SendAsync(cancellationToken);
                await driver.WaitForFirstPartAsync(cancellationToken);
            })));
            load.Phase = $"turn {turn}: reconnecting";
            await Task.WhenAll(load.Drivers.SelectMany(driver => driver.Subscribers)
                .Select(subscriber => CutAsync(load, subscriber, cancellationToken)));
            load.Phase = $"turn {turn}: ending";
            await Steps.WaitForAllAsync(load, cancellationToken);
        }
    }

    private static async Task CutAsync(Load load, Subscriber subscriber, CancellationToken cancellationToken)
    {
        var cutAt = load.Time.GetTimestamp();
        load.Counters.Cut(1);
        try
        {
            await subscriber.CutAsync().WaitAsync(load.Options.TurnTimeout, load.Time, cancellationToken);
            load.Latencies.Resume.Record(load.Time.GetElapsedTime(cutAt));
        }
        catch (TimeoutException)
        {
            // It may come back yet; if it does not, it lacks messages at the end.
        }
    }
}
