namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// While the chats run their turns, each has subscribers that stay for up to half a second and then either break off and resume, or leave, and others come that want
/// everything or only what follows some message.
/// </summary>
internal sealed class ChurnScenario : IScenario
{
    public async Task RunAsync(Load load, CancellationToken cancellationToken)
    {
        var coming = load.Options.Subscribers;
        await Steps.CreateAllAsync(load, cancellationToken);
        load.Phase = "follow-ups and churn";
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var churning = load.Drivers.Where(driver => !driver.HasGivenUp).Select(driver => ChurnAsync(load, driver, coming, ending.Token)).ToList();
        try
        {
            await Task.WhenAll(load.Drivers.Select(async driver =>
            {
                for (var turn = 2; turn <= load.Options.Turns; turn++)
                {
                    await Steps.FollowUpAsync(load, driver, cancellationToken);
                }
            }));
        }
        finally
        {
            // The next scenario must not find the lists of subscribers in motion.
            await ending.CancelAsync();
            await Task.WhenAll(churning);
        }
    }

    private static async Task ChurnAsync(Load load, ChatDriver driver, int coming, CancellationToken cancellationToken)
    {
        try
        {
            while (true)
            {
                await Task.Delay(load.RandomTime(1, Math.Max(1, 500 / coming)), load.Time, cancellationToken);

                // The first is the driver's own, which must see its turns end.
                var guests = driver.Subscribers.Skip(1).ToList();
                if (guests.Count == 0 || (guests.Count < coming && load.Random(2) == 0))
                {
                    driver.Follow(load.Random(2) == 0 ? 0 : driver.Subscribers[0].AnyMessage(load));
                    continue;
                }

                var guest = guests[load.Random(guests.Count)];
                load.Counters.Cut(1);
                if (load.Random(2) == 0)
                {
                    _ = guest.CutAsync();
                }
                else
                {
                    await driver.LeaveAsync(guest);
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The turns have ended.
        }
    }
}
