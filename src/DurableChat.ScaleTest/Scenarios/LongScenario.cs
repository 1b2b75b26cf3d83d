using DurableChat.ScaleTest.Measuring;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>
/// The first chat comes to have very many messages, the second is edited very often. On the way it is measured what a
/// turn, a page, a resumed stream and an edit cost: none of that may grow with what lies behind.
/// </summary>
internal sealed class LongScenario : IScenario
{
    /// <summary>Over how many turns, or edits, a mark is measured.</summary>
    private const int Measured = 50;
    private const int PageSize = 100;
    private const int Near = 200;
    private static readonly double[] _marks = [0.01, 0.1, 0.5, 1];

    public async Task RunAsync(Load load, CancellationToken cancellationToken)
    {
        await Steps.CreateAllAsync(load, cancellationToken);
        await GrowAsync(load, load.Drivers[0], cancellationToken);
        await EditAsync(load, load.Drivers[^1], cancellationToken);
    }

    private static async Task GrowAsync(Load load, ChatDriver driver, CancellationToken cancellationToken)
    {
        var turns = 1;
        foreach (var share in _marks)
        {
            var until = (int)(load.Options.Messages * share / 2);
            load.Phase = $"{2 * until} messages";
            while (turns < until - Measured && !driver.HasGivenUp)
            {
                await Steps.FollowUpAsync(load, driver, cancellationToken);
                turns++;
            }

            var figures = await MeasureAsync(
                load, () => Steps.FollowUpAsync(load, driver, cancellationToken), cancellationToken);
            turns += Measured;
            long head = 2 * turns;
            figures["messages"] = head;
            foreach (var (name, after) in new[] { ("oldest", 0L), ("middle", head / 2), ("newest", head - PageSize) })
            {
                (figures[$"page_{name}_ms"], figures[$"page_{name}_messages"]) = await TimeAsync(
                    load, () => load.Api.PageAsync(load.AnyReplica(), driver.Chat, after, PageSize, cancellationToken));
            }

            foreach (var (name, after) in new[]
            {
                ("head", head - 1),
                ("near_head", head - Near),
                ("middle", head / 2),
                ("beginning", 1L),
            })
            {
                (figures[$"resume_{name}_ms"], figures[$"resume_{name}_messages"]) = await TimeAsync(
                    load, () => ResumeAsync(load, driver.Chat, after, head, cancellationToken));
            }

            load.Marks.Add(new Mark($"{head} messages", figures));
            if (driver.HasGivenUp)
            {
                return;
            }
        }
    }

    private static async Task EditAsync(Load load, ChatDriver driver, CancellationToken cancellationToken)
    {
        var edits = 0;
        foreach (var share in _marks)
        {
            var until = (int)(load.Options.Edits * share);
            load.Phase = $"{until} edits";
            while (edits < until - Measured && !driver.HasGivenUp)
            {
                await EditOnceAsync();
                edits++;
            }

            var figures = await MeasureAsync(load, EditOnceAsync, cancellationToken);
            edits += Measured;
            figures["edits"] = edits;
            figures["messages"] =
                (await load.Api.HistoryAsync(load.AnyReplica(), driver.Chat, cancellationToken)).Count;
            load.Marks.Add(new Mark($"{edits} edits", figures));
        }

        Task EditOnceAsync() => Steps.DriveAsync(driver, async () =>
        {
            await driver.EditAsync(0, cancellationToken);
            await driver.WaitAsync(cancellationToken);
        });
    }

    /// <summary>Does something several times, and tells what it cost the servers each time.</summary>
    private static async Task<Dictionary<string, double>> MeasureAsync(
        Load load,
        Func<Task> act,
        CancellationToken cancellationToken)
    {
        var before = await load.ReadServersAsync(cancellationToken);
        var started = load.Time.GetTimestamp();
        for (var i = 0; i < Measured; i++)
        {
            await act();
        }

        var elapsed = load.Time.GetElapsedTime(started);
        var after = await load.ReadServersAsync(cancellationToken);
        return new Dictionary<string, double>
        {
            ["turn_ms"] = Math.Round(elapsed.TotalMilliseconds / Measured, 2),
            ["commits"] = (after.Commits - before.Commits) / Measured,
            ["statements_of_commits"] = (after.CommitStatements - before.CommitStatements) / Measured,
            ["reads_for_the_model"] = (after.WorkerReads - before.WorkerReads) / Measured,
            ["feeds_mb"] = Math.Round(after.FeedBytes / 1048576, 2),
            ["memory_mb"] = Math.Round(load.ServerBytes() / 1048576.0, 1),
        };
    }

    private static async Task<(double Milliseconds, double Count)> TimeAsync(Load load, Func<Task<int>> act)
    {
        var started = load.Time.GetTimestamp();
        var count = await act();
        return (Math.Round(load.Time.GetElapsedTime(started).TotalMilliseconds, 1), count);
    }

    /// <summary>Follows the chat from a message up to the newest; gives how many came.</summary>
    private static async Task<int> ResumeAsync(
        Load load,
        string chat,
        long after,
        long head,
        CancellationToken cancellationToken)
    {
        var count = 0;
        await using var stream = await load.Api.OpenAsync(
            load.AnyReplica(), chat, load.Options.Transport, null, after, cancellationToken);
        await foreach (var next in stream.ReadAsync(cancellationToken))
        {
            if (next.Message is { } message)
            {
                count++;
                if (message.Id >= head)
                {
                    break;
                }
            }
        }

        return count;
    }
}
