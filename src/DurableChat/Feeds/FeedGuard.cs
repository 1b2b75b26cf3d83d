namespace DurableChat.Feeds;

/// <summary>
/// The lock over what a feed knows, and the only code that takes it. Each operation takes the lock, makes one call, and
/// carries out its effects: those on counts under the lock, all others outside it. The lock is never held across I/O, a
/// wake-up or a caller's code. Thread-safe.
/// </summary>
internal sealed class FeedGuard(Feed feed, IFeedHost host, FeedOptions options)
{
    private readonly object _gate = new();

    // Guarded by _gate.
    private readonly FeedPlace _place = new(feed);

    /// <summary>What is known of the chat. Needs the lock.</summary>
    public FeedKnowledge Knowledge { get; } = new(feed.Id, host.Replica, options);

    /// <summary>What uses the feed. Needs the lock, except for <see cref="FeedHolds.LastUsed"/>.</summary>
    public FeedHolds Holds { get; } = new(host.Time.GetTimestamp());

    /// <summary>The feed's memory as it was last counted, in bytes. Needs the lock.</summary>
    public long CountedBytes => _place.Bytes;

    /// <summary>Wakes waiting callers. It has a lock of its own.</summary>
    public HeadSignal Signal { get; } = new();

    /// <summary>What the feed needs from outside.</summary>
    public IFeedHost Host => host;

    /// <summary>The current timestamp of the host's clock.</summary>
    public long Now => host.Time.GetTimestamp();

    /// <summary>Returns something without changing anything.</summary>
    public T Read<T>(Func<FeedGuard, T> look)
    {
        lock (_gate)
        {
            return look(this);
        }
    }

    /// <summary>Changes something and carries out the effects.</summary>
    public void Change<T>(T with, Func<FeedGuard, T, FeedChange> operation) =>
        Change((with, operation), static (guard, of) => (of.operation(guard, of.with), 0));

    /// <summary>Changes something, carries out the effects, and returns the result.</summary>
    public TResult Change<T, TResult>(T with, Func<FeedGuard, T, (FeedChange Change, TResult Result)> operation)
    {
        FeedEffects effects;
        TResult result;
        lock (_gate)
        {
            (var change, result) = operation(this, with);
            effects = change.Effects();
            CountLocked(effects);
        }

        // Wake first: a subscriber need not wait until memory is freed.
        if (effects.Has(FeedEffects.Wake))
        {
            Signal.Raise();
        }

        if (effects.Has(FeedEffects.EnforceBudget))
        {
            host.EnforceBudget();
        }

        if (effects.Has(FeedEffects.AskForRelay) && feed.RelayTarget is not null)
        {
            host.AskForRelay(feed);
        }

        return result;
    }

    private void CountLocked(FeedEffects effects)
    {
        // The clock is read only for a use: most looks have been counted as one already.
        if (effects.Has(FeedEffects.Touch))
        {
            Holds.Touch(Now);
        }

        if (effects.Has(FeedEffects.VoidCursors))
        {
            Holds.VoidCursors();
        }

        if (effects.Has(FeedEffects.Release))
        {
            host.Budget.Release(_place);
        }
        else if (effects.Has(FeedEffects.CountMemory) && !Holds.IsRemoved)
        {
            var (bytes, freeable) = Holds.Measure(Knowledge);
            _place.Count(host.Budget, Knowledge.Chat?.Owner, bytes, freeable);
        }
    }
}
