using System.ComponentModel.DataAnnotations;

namespace DurableChat.Feeds;

/// <summary>How much of the chats a replica keeps in memory, and for how long.</summary>
public sealed record FeedOptions
{
    /// <summary>How many messages the durable window of one chat holds. 0 to 65,536; default 256; 0 turns the window off, so that every message is read from the database.</summary>
    [Range(0, 65_536)]
    public int WindowMessages { get; set; } = 256;

    /// <summary>How many bytes the durable window of one chat holds. Default 1 MiB.</summary>
    [Range(0, 1024 * 1024 * 1024)]
    public int WindowBytes { get; set; } = 1024 * 1024;

    /// <summary>
    /// How many bytes all feeds together hold, states and answers in flight included. Beyond that, those used least recently give back what can be read again. Default 256 MiB.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long TotalBytes { get; set; } = 256L * 1024 * 1024;

    /// <summary>
    /// Which part of <see cref="TotalBytes"/> is an owner's share, from 0.01 to 1. While memory is short, owners with more than their share give way first, and open no more streams and turns if that
    /// does not help. Default 0.25.
    /// </summary>
    [Range(0.01, 1)]
    public double OwnerShare { get; set; } = 0.25;

    /// <summary>How long a feed that nobody uses is kept. Default one minute.</summary>
    public TimeSpan IdleTime { get; set; } = TimeSpan.FromMinutes(1);

    /// <summary>How many messages one catch-up read asks for. 1 to 65,536; default 256.</summary>
    [Range(1, 65_536)]
    public int CatchUpMessages { get; set; } = 256;

    /// <summary>How many bytes one catch-up read asks for. Default 256 KiB: what a subscriber that is far behind and slow may hold.</summary>
    [Range(1, 1024 * 1024 * 1024)]
    public int CatchUpBytes { get; set; } = 256 * 1024;

    /// <summary>How long a shared read may take. Default 30 seconds.</summary>
    public TimeSpan ReadTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How long a subscriber waits for messages that another replica has committed and whose notification should be under way, before it reads them. Default 50 ms.
    /// </summary>
    public TimeSpan InlinePatience { get; set; } = TimeSpan.FromMilliseconds(50);
}
