namespace DurableChat.Server;

/// <summary>The configuration section <c>Testing</c>. Of no use but for tests.</summary>
internal sealed class TestingSettings
{
    /// <summary>How far the server's clock is off, in minutes.</summary>
    public int ClockOffsetMinutes { get; set; }
}
