using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Shows what a running tool says of its progress: at most once per interval, the newest counts, and nothing after its
/// end. Thread-safe.
/// </summary>
/// <param name="show">Shows a text. It must not throw.</param>
/// <param name="time">The clock.</param>
internal sealed class ToolProgress(Action<string> show, TimeProvider time) : IProgress<string>, IDisposable
{
    /// <summary>How long a text stands at least.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>How much of a text is shown, in UTF-16 code units.</summary>
    public const int MaxChars = 1000;

    private readonly Lock _gate = new();
    private string? _newest;
    private long? _shownAt;
    private ITimer? _next;
    private bool _ended;

    /// <summary>Shows a text, now or when the one before has stood long enough.</summary>
    public void Report(string value)
    {
        lock (_gate)
        {
            if (_ended || value is null)
            {
                return;
            }

            _newest = value.Length <= MaxChars ? value : TextCut.Start(value, MaxChars);
            if (_next is not null)
            {
                return;
            }

            var wait = _shownAt is { } shownAt ? Interval - time.GetElapsedTime(shownAt) : TimeSpan.Zero;
            if (wait > TimeSpan.Zero)
            {
                _next = time.CreateTimer(
                    static progress => ((ToolProgress)progress!).ShowNewest(), this, wait, Timeout.InfiniteTimeSpan);
                return;
            }
        }

        ShowNewest();
    }

    /// <summary>Shows nothing more.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _ended = true;
            _next?.Dispose();
        }
    }

    private void ShowNewest()
    {
        string text;
        lock (_gate)
        {
            _next?.Dispose();
            _next = null;
            if (_ended || _newest is null)
            {
                return;
            }

            (text, _newest) = (_newest, null);
            _shownAt = time.GetTimestamp();
        }

        show(text);
    }
}
