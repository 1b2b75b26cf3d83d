namespace DurableChat.ScaleTest.Scenarios;

/// <summary>Turns begin at a steady rate, each in a chat that is quiet, however the server responds. Latencies are those from then on.</summary>
internal sealed class SoakScenario : IScenario
{
    public async Task RunAsync(Load load, CancellationToken cancellationToken)
    {
        await Steps.CreateAllAsync(load, cancellationToken);
        await load.BeginSteadyAsync(cancellationToken);
        load.Phase = "soaking";
        var quiet = new Queue<ChatDriver>(load.Drivers.Where(driver => !driver.HasGivenUp));
        var running = new List<(ChatDriver Driver, Task Turn)>();
        var started = load.Time.GetTimestamp();
        var turns = (int)(load.Options.Rate * load.Options.Duration.TotalSeconds);
        for (var turn = 0; turn < turns && load.Time.GetElapsedTime(started) < load.Options.Duration; turn++)
        {
            var wait = TimeSpan.FromSeconds(turn / load.Options.Rate) - load.Time.GetElapsedTime(started);
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, load.Time, cancellationToken);
            }

            foreach (var (driver, ended) in running.Where(pair => pair.Turn.IsCompleted).ToList())
            {
                await ended;
                running.Remove((driver, ended));
                if (!driver.HasGivenUp)
                {
                    quiet.Enqueue(driver);
                }
            }

            if (quiet.Count == 0 && running.Count == 0)
            {
                break;
            }

            if (quiet.TryDequeue(out var next))
            {
                running.Add((next, Steps.FollowUpAsync(load, next, cancellationToken)));
            }
            else
            {
                // Every chat is busy: the server does not keep up, and the report shows the lower rate.
                await Task.WhenAny(running.Select(pair => pair.Turn));
            }
        }

        load.Phase = "last turns";
        await Task.WhenAll(running.Select(pair => pair.Turn));
    }
}
