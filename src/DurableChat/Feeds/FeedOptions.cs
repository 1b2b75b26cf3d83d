using System.ComponentModel.DataAnnotations;

namespace DurableChat.Feeds;

/// <summary>Settings for how much of the chats a replica keeps in memory, and for how long.</summary>
public sealed record FeedOptions
{
    /// <summary>
    /// How many messages the durable window of one chat holds. 0 turns the window off, so that every message is read
    /// from the database. 0 to 65,536. Default 256.
    /// </summary>
    [Range(0, 65_536)]
    public int WindowMessages { get; set; } = 256;

    /// <summary>How many bytes the durable window of one chat holds. 0 to 1,073,741,824. Default 1 MiB.</summary>
    [Range(0, 1024 * 1024 * 1024)]
    public int WindowBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How many bytes all feeds together hold, including states and answers in flight. Above that, the least recently
    /// used feeds free what can be read again. Default 256 MiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long TotalBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// Each owner's share of <see cref="TotalBytes"/>. While memory is short, owners above their share give way first.
    /// If that is not enough, they cannot open more streams or start more turns. 0.01 to 1. Default 0.25.
    /// </summary>
    [Range(0.01, 1)]
    public double OwnerShare { get; set; } = 0.25;

    /// <summary>How long an unused feed is kept. Default one minute.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many messages one catch-up read requests. 1 to 65,536. Default 256.</summary>
    [Range(1, 65_536)]
    public int CatchUpMessages { get; set; } = 256;

    /// <summary>
    /// How many bytes one catch-up read requests. A slow subscriber that is far behind may hold this much. 1 to
    /// 1,073,741,824. Default 256 KiB.
    /// </summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int CatchUpBytes { get; set; } = 256 * 1024;

    /// <summary>The timeout of a shared read. Default 30 seconds.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a subscriber waits for the notification of messages that another replica has committed, before it reads
    /// them. Default 50 ms.
    /// </summary>
    public TimeSpan InlinePatience { get; set; } = TimeSpan.FromMilliseconds(50);
}
