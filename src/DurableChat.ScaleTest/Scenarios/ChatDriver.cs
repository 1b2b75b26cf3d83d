using DurableChat.ScaleTest.Checking;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Scenarios;

/// <summary>Drives one chat: sends, edits, waits for turns, and remembers what the server has acknowledged. For one caller at a time.</summary>
internal sealed class ChatDriver(Load load, int number) : IAsyncDisposable
{
    private readonly TurnWatch _turn = new(load.Time);
    private readonly List<Subscriber> _subscribers = [];
    private readonly List<(string Name, StreamChecker Checker)> _left = [];
    private readonly List<string> _acknowledged = [];
    private readonly List<long> _messageIds = [];
    private readonly HashSet<string> _unsure = [];
    private readonly Random _random = new(HashCode(load.Options.Seed, number));
    private int _sent;

    /// <summary>The chat's id; empty until it is created.</summary>
    public string Chat { get; private set; } = "";

    /// <summary>True if a command failed or a turn did not end: the chat takes no further part. Another message would only wait behind the turn that hangs.</summary>
    public bool HasGivenUp { get; private set; }

    /// <summary>How many users' messages the history has.</summary>
    public int UserMessages => _acknowledged.Count;


    /// <summary>Those who follow now; the first is the driver's own.</summary>
    public IReadOnlyList<Subscriber> Subscribers => _subscribers;

    /// <summary>Creates the chat with its first message, and lets its subscribers follow.</summary>
    public async Task CreateAsync(int subscribers, CancellationToken cancellationToken)
    {
        var content = NextContent();
        _turn.Sending();
        load.Counters.TurnRequested();
        var ack = await load.Api.CreateAsync(load.AnyReplica, content, cancellationToken);
        Chat = ack.Chat;
        Remember(content, ack);
        Follow(0, _turn.Observe);
        for (var i = 1; i < subscribers; i++)
        {
            Follow(0);
        }
    }

    /// <summary>Sends the next message.</summary>
    public async Task SendAsync(CancellationToken cancellationToken)
    {
        var content = NextContent();
        _turn.Sending();
        load.Counters.TurnRequested();
        _unsure.Add(content);
        Remember(content, await load.Api.SendAsync(load.AnyReplica, Chat, content, cancellationToken));
    }

    /// <summary>Edits a user's message.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="cancellationToken">Ends the wait for the acknowledgement.</param>
    public async Task EditAsync(int index, CancellationToken cancellationToken)
    {
        var content = NextContent();
        _turn.Sending();
        load.Counters.TurnRequested();
        _unsure.Add(content);
        var removed = _acknowledged.Skip(index).ToList();
        _unsure.UnionWith(removed);
        var ack = await load.Api.EditAsync(load.AnyReplica, Chat, _messageIds[index], content, cancellationToken);
        _unsure.ExceptWith(removed);
        _acknowledged.RemoveRange(index, _acknowledged.Count - index);
        _messageIds.RemoveRange(index, _messageIds.Count - index);
        Remember(content, ack);
    }

    /// <summary>A number from 0 up to, and without, <paramref name="limit"/>. Each chat draws its own, so that its choices do not hang on how fast the others are.</summary>
    public int Random(int limit) => _random.Next(limit);

    /// <summary>A command failed: counts the turn as failed.</summary>
    public void GiveUp(string why)
    {
        HasGivenUp = true;
        load.Counters.TurnEnded(isAnswered: false);
        load.Counters.Failure(Chat.Length > 0 ? $"Chat {Chat}: {why}" : why);
    }

    /// <summary>Waits until the turn has shown something of its answer; false if that takes too long.</summary>
    public async Task<bool> WaitForFirstPartAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _turn.FirstPart.WaitAsync(load.Options.TurnTimeout, load.Time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Waits for the end of the turn, and counts it. A turn that takes too long has failed.</summary>
    public async Task WaitAsync(CancellationToken cancellationToken)
    {
        bool isAnswered;
        try
        {
            isAnswered = await _turn.Ended.WaitAsync(load.Options.TurnTimeout, load.Time, cancellationToken);
        }
        catch (TimeoutException)
        {
            var states = await Task.WhenAll(load.Replicas.Select(replica => load.Api.DescribeAsync(replica, Chat, cancellationToken)));
            load.Counters.TurnTimedOut($"{Chat}: {string.Join("; ", states)}; the subscriber at {_subscribers[0].Replica} has {_turn}");
            HasGivenUp = true;
            isAnswered = false;
        }

        load.Counters.TurnEnded(isAnswered);
        if (isAnswered)
        {
            load.Latencies.Turn.Record(_turn.EndedAfter);
            load.Latencies.FirstPart.Record(_turn.FirstPartAfter);
        }
    }

    /// <summary>The turn will be edited away before its end: it counts as no turn.</summary>
    public void Abandon() => load.Counters.TurnAbandoned();

    /// <summary>Adds a subscriber.</summary>
    public Subscriber Follow(long after, Action<WireEvent>? observe = null)
    {
        var subscriber = new Subscriber(load, Chat, $"{number}.{_subscribers.Count + _left.Count}", after, observe);
        _subscribers.Add(subscriber);
        subscriber.Start();
        return subscriber;
    }

    /// <summary>Removes a subscriber. What it received is still checked at the end.</summary>
    public async Task LeaveAsync(Subscriber subscriber)
    {
        await subscriber.DisposeAsync();
        _subscribers.Remove(subscriber);
        _left.Add((subscriber.Name, subscriber.Checker));
    }

    /// <summary>Waits until all subscribers have got as far as the one that is furthest, or for as long as they may take.</summary>
    public async Task QuiesceAsync(CancellationToken cancellationToken)
    {
        var started = load.Time.GetTimestamp();
        while (_subscribers.Select(subscriber => subscriber.LastId).Distinct().Count() > 1 && load.Time.GetElapsedTime(started) < load.Options.QuietTime)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), load.Time, cancellationToken);
        }
    }

    /// <summary>Compares the store with what was acknowledged and with what every subscriber was given. After the turns have ended and all is quiet.</summary>
    /// <param name="quietUntil">Until when subscribers may take to get what is stored.</param>
    /// <param name="cancellationToken">Ends the check.</param>
    public async Task CheckAsync(DateTimeOffset quietUntil, CancellationToken cancellationToken)
    {
        if (Chat.Length == 0)
        {
            return;
        }

        var stored = await load.Api.HistoryAsync(load.AnyReplica(), Chat, cancellationToken);
        var head = stored is [.., var newest] ? newest.Id : 0;
        while (_subscribers.Exists(subscriber => subscriber.LastId < head) && load.Time.GetUtcNow() < quietUntil)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(20), load.Time, cancellationToken);
        }

        await Task.WhenAll(_subscribers.Select(subscriber => subscriber.DisposeAsync().AsTask()));
        if (HasGivenUp)
        {
            // A turn may have gone on meanwhile: what its subscribers were given since then is stored by now.
            stored = await load.Api.HistoryAsync(load.AnyReplica(), Chat, cancellationToken);
        }

        HistoryChecker.CheckStore(Chat, stored, _acknowledged, _unsure, load.Violations);
        foreach (var subscriber in _subscribers)
        {
            HistoryChecker.CheckSubscriber(Chat, subscriber.Name, subscriber.Checker, stored, head, load.Violations);
        }

        foreach (var (name, checker) in _left)
        {
            HistoryChecker.CheckSubscriber(Chat, name, checker, stored, 0, load.Violations);
        }

        _subscribers.Clear();
        _left.Clear();
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_subscribers.Select(subscriber => subscriber.DisposeAsync().AsTask()));
    }

    private static int HashCode(int seed, int number) => unchecked((seed * 1_000_003) + number);

    private void Remember(string content, CommandAck ack)
    {
        _unsure.Remove(content);
        _acknowledged.Add(content);
        _messageIds.Add(ack.MessageId);
        _turn.Acknowledged(ack);
    }

    private string NextContent()
    {
        var mark = $"[{load.Options.Seed}.{number}.{_sent++}] ";
        return mark.PadRight(Math.Max(mark.Length, load.Options.MessageBytes), 'x');
    }
}
