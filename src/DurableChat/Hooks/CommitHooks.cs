using DurableChat.Chats;
using DurableChat.Commits;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Hooks;

/// <summary>Delivers commits to the hooks of a host. Thread-safe.</summary>
/// <param name="commits">Where commits arrive from.</param>
/// <param name="hooks">The hooks. They may commit themselves.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log for failed hooks.</param>
internal sealed class CommitHooks(
    CommitObservers commits,
    IEnumerable<ICommitHook> hooks,
    TimeProvider time,
    ILogger<CommitHooks> logger) : BackgroundService, ICommitObserver
{
    /// <summary>How long a stopping host still delivers waiting notices.</summary>
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _giveUp = new();
    private readonly CommitHookLine[] _lines = [.. hooks.Select(hook => new CommitHookLine(hook, time, logger))];

    /// <inheritdoc/>
    public void OnCommitted(Transition transition) => Add(CommitNotice.Of(transition));

    /// <inheritdoc/>
    public void OnOutcomeUnknown(ChatId id, string owner) => Add(new CommitNotice { ChatId = id, Owner = owner });

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner) =>
        Add(new CommitNotice { ChatId = id, Owner = owner, IsDeleted = true });

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (_lines.Length > 0)
        {
            commits.Add(this);
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_lines.Select(line => line.WhenEmptyAsync()))
            .WaitAsync(_lastWords, time, cancellationToken)
            .ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _giveUp.CancelAsync().ConfigureAwait(false);
        await base.StopAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        base.Dispose();
        _giveUp.Dispose();
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(_lines.Select(line => line.RunAsync(_giveUp.Token)));

    private void Add(CommitNotice notice)
    {
        foreach (var line in _lines)
        {
            line.Add(notice);
        }
    }
}
