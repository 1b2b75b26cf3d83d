using DurableChat.ScaleTest.Measuring;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>Many owners with a chat each, who send messages at a steady rate, however the server responds.</summary>
internal sealed class OwnerCrowd(OwnerClient http, IReadOnlyList<string> tokens, Load load)
{
    private const int CreatedAtOnce = 20;
    private readonly string[] _chats = new string[tokens.Count];
    private int _next;
    private int _refused;

    /// <summary>Requests that were not answered with success.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>Creates a chat for each.</summary>
    /// <exception cref="CommandFailedException">The server refused one.</exception>
    public Task CreateAsync(CancellationToken cancellationToken) => Parallel.ForEachAsync(
        Enumerable.Range(0, tokens.Count),
        new ParallelOptions { MaxDegreeOfParallelism = CreatedAtOnce, CancellationToken = cancellationToken },
        async (owner, cancelled) =>
        {
            var (status, answer, _) = await http.SendAsync(tokens[owner], HttpMethod.Post, "chats", new { content = Content() }, cancelled);
            _chats[owner] = status is >= 200 and < 300 ? answer.GetProperty("id").GetString()! : throw new CommandFailedException($"A chat could not be created: {status}.");
        });

    /// <summary>Sends messages for a time: each owner in turn, at the rate of the load.</summary>
    public async Task SendAsync(LatencyRecorder latencies, TimeSpan howLong, CancellationToken cancellationToken)
    {
        var sending = new List<Task>();
        var started = load.Time.GetTimestamp();
        for (var sent = 0; load.Time.GetElapsedTime(started) is var elapsed && elapsed < howLong; sent++)
        {
            var wait = TimeSpan.FromSeconds(sent / load.Options.Rate) - elapsed;
            if (wait > TimeSpan.Zero)
            {
                await Task.Delay(wait, load.Time, cancellationToken);
            }

            sending.Add(SendOneAsync(_next++ % tokens.Count, latencies, cancellationToken));
        }

        await Task.WhenAll(sending);
    }

    /// <summary>Waits until all turns have ended, and counts those that were answered.</summary>
    public Task RestAsync(TimeSpan patience, CancellationToken cancellationToken)
    {
        var started = load.Time.GetTimestamp();
        return Parallel.ForEachAsync(Enumerable.Range(0, tokens.Count), cancellationToken, async (owner, cancelled) =>
        {
            var state = "";
            while (state != "waiting" && load.Time.GetElapsedTime(started) < patience)
            {
                var (status, answer, _) = await http.SendAsync(tokens[owner], HttpMethod.Get, $"chats/{_chats[owner]}", null, cancelled);
                state = status == 200 ? answer.GetProperty("status").GetString()! : $"HTTP {status}";
                if (state != "waiting")
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(200), load.Time, cancelled);
                }
            }

            load.Counters.TurnRequested();
            load.Counters.TurnEnded(isAnswered: state == "waiting");
        });
    }

    private async Task SendOneAsync(int owner, LatencyRecorder latencies, CancellationToken cancellationToken)
    {
        var (status, _, elapsed) = await http.SendAsync(tokens[owner], HttpMethod.Post, $"chats/{_chats[owner]}/messages", new { content = Content() }, cancellationToken);
        latencies.Record(elapsed);
        if (status is < 200 or >= 300)
        {
            Interlocked.Increment(ref _refused);
        }
    }

    private string Content() => new('x', load.Options.MessageBytes);
}
