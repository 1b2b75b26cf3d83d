using System.Threading.Channels;
using DurableChat.Chats;
using Microsoft.Extensions.Logging;

namespace DurableChat.Hooks;

/// <summary>
/// The notices that wait for one hook: at most one per chat, so that a hook that hangs costs little memory. A chat's
/// next notice waits until the previous one is delivered. Thread-safe.
/// </summary>
internal sealed partial class CommitHookLine(ICommitHook hook, TimeProvider time, ILogger logger)
{
    private const int MaxAtOnce = 8;

    private static readonly TimeSpan _firstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan _longestPause = TimeSpan.FromMinutes(1);

    private readonly Channel<ChatId> _ready = Channel.CreateUnbounded<ChatId>();
    private readonly object _gate = new();
    private readonly Dictionary<ChatId, CommitNotice> _waiting = [];
    private readonly HashSet<ChatId> _busy = [];
    private TaskCompletionSource? _empty;

    /// <summary>Adds a notice, or merges it with the chat's waiting notice.</summary>
    public void Add(CommitNotice notice)
    {
        lock (_gate)
        {
            if (_waiting.TryGetValue(notice.ChatId, out var earlier))
            {
                _waiting[notice.ChatId] = earlier.Then(notice);
                return;
            }

            _waiting[notice.ChatId] = notice;
            if (!_busy.Contains(notice.ChatId))
            {
                _ready.Writer.TryWrite(notice.ChatId);
            }
        }
    }

    /// <summary>Delivers notices until it is cancelled.</summary>
    public Task RunAsync(CancellationToken cancellationToken) =>
        Task.WhenAll(Enumerable.Range(0, MaxAtOnce).Select(_ => TellAllAsync(cancellationToken)));

    /// <summary>Completes when no notice waits or is being delivered.</summary>
    public Task WhenEmptyAsync()
    {
        lock (_gate)
        {
            return _waiting.Count + _busy.Count == 0
                ? Task.CompletedTask
                : (_empty ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }

    private async Task TellAllAsync(CancellationToken cancellationToken)
    {
        await foreach (var id in _ready.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
        {
            CommitNotice notice;
            lock (_gate)
            {
                _waiting.Remove(id, out notice!);
                _busy.Add(id);
            }

            if (await TryTellAsync(notice, cancellationToken).ConfigureAwait(false))
            {
                Release(id);
            }
            else
            {
                _ = RepeatAsync(notice, cancellationToken);
            }
        }
    }

    /// <summary>
    /// Retries a notice after a pause, outside the queue, so that a chat for which the hook fails does not delay other
    /// chats.
    /// </summary>
    private async Task RepeatAsync(CommitNotice notice, CancellationToken cancellationToken)
    {
        var pause = new GrowingPause(_firstPause, _longestPause);
        do
        {
            await Task.Delay(pause.Current, time, cancellationToken).ConfigureAwait(false);
            pause.Grow();
            lock (_gate)
            {
                if (_waiting.Remove(notice.ChatId, out var later))
                {
                    notice = notice.Then(later);
                }
            }
        }
        while (!await TryTellAsync(notice, cancellationToken).ConfigureAwait(false));
        Release(notice.ChatId);
    }

    private async Task<bool> TryTellAsync(CommitNotice notice, CancellationToken cancellationToken)
    {
        try
        {
            await hook.OnCommittedAsync(notice, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            throw;
        }
#pragma warning disable CA1031 // Hooks are application code and can throw anything.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            LogHookFailed(hook.GetType().Name, notice.ChatId, notice.Version, exception);
            return false;
        }
    }

    private void Release(ChatId id)
    {
        lock (_gate)
        {
            _busy.Remove(id);
            if (_waiting.ContainsKey(id))
            {
                _ready.Writer.TryWrite(id);
            }
            else if (_waiting.Count + _busy.Count == 0)
            {
                _empty?.TrySetResult();
                _empty = null;
            }
        }
    }

    [LoggerMessage(
        1,
        LogLevel.Warning,
        "The hook {Hook} failed on the commit of chat {Chat}, version {Version}; it is told again")]
    private partial void LogHookFailed(string hook, ChatId chat, long version, Exception exception);
}
