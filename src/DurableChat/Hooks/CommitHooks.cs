using DurableChat.Chats;
using DurableChat.Commits;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DurableChat.Hooks;

/// <summary>Delivers commits to the hooks of a host. Thread-safe.</summary>
/// <param name="services">
/// The provider of the hooks. They are resolved when the host starts, because a hook may depend on services that need
/// the commit observers.
/// </param>
/// <param name="hasHooks">False if no hooks are registered.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log for failed hooks.</param>
internal sealed class CommitHooks(
    IServiceProvider services,
    bool hasHooks,
    TimeProvider time,
    ILogger<CommitHooks> logger) : BackgroundService, ICommitObserver
{
    /// <summary>How long a stopping host still delivers waiting notices.</summary>
    private static readonly TimeSpan _lastWords = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _giveUp = new();
    private volatile CommitHookLine[] _lines = [];

    /// <inheritdoc/>
    public void OnCommitted(Transition transition) => Add(() => CommitNotice.Of(transition));

    /// <inheritdoc/>
    public void OnNews(Chat chat)
    {
        // The replica that committed calls its own hooks.
    }

    /// <inheritdoc/>
    public void OnDoubt(ChatId id, string owner, bool isOwn)
    {
        // The replica that committed calls its own hooks.
        if (isOwn)
        {
            Add(() => new CommitNotice { ChatId = id, Owner = owner });
        }
    }

    /// <inheritdoc/>
    public void OnDeleted(ChatId id, string owner) =>
        Add(() => new CommitNotice { ChatId = id, Owner = owner, IsDeleted = true });

    /// <inheritdoc/>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (hasHooks)
        {
            _lines = [.. services.GetServices<ICommitHook>().Select(hook => new CommitHookLine(hook, time, logger))];
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

    private void Add(Func<CommitNotice> make)
    {
        if (_lines is [_, ..] lines)
        {
            var notice = make();
            foreach (var line in lines)
            {
                line.Add(notice);
            }
        }
    }
}
