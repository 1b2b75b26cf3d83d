using DurableChat.Chats;

namespace DurableChat.Models;

/// <summary>
/// Shows the progress that a running tool reports: at most one text per interval, the newest, and none after the call
/// ends. Thread-safe.
/// </summary>
/// <param name="show">Shows a text. It must not throw.</param>
/// <param name="time">The clock.</param>
internal sealed class ToolProgress(Action<string> show, TimeProvider time) : IProgress<string>, IDisposable
{
    /// <summary>The minimum time for which a text is shown.</summary>
    public static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    /// <summary>The maximum length of a shown text, in UTF-16 code units.</summary>
    public const int MaxChars = 1000;

    private readonly Lock _gate = new();
    private string? _newest;
    private long? _shownAt;
    private ITimer? _next;
    private bool _ended;

    /// <summary>Shows a text, immediately or when the interval of the previous text has passed.</summary>
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

    /// <summary>Stops showing texts.</summary>
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
