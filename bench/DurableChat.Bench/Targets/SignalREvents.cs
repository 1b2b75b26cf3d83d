namespace DurableChat.Bench.Targets;

/// <summary>A message as the SignalR target sends it: as many bytes of JSON as DurableChat's.</summary>
internal sealed class SignalRMessage(long id, string text)
{
    public string Type => "message";

    public string ChatId => "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public string Position { get; } = $"1.{id}.0.0";

    public Body Message { get; } = new(id, text);

    /// <summary>What is within it.</summary>
    internal sealed class Body(long id, string text)
    {
        public long Id => id;

        public long PreviousId => id - 1;

        public string Role => "user";

        public IReadOnlyList<SignalRText> Parts { get; } = [new(text)];

        public long Generation => 0;

        public DateTimeOffset CreatedAt { get; } = TimeProvider.System.GetUtcNow();
    }
}

/// <summary>A part as the SignalR target sends it.</summary>
internal sealed class SignalRPart(long seq, string text)
{
    public string Type => "message_part";

    public string ChatId => "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";

    public string Position { get; } = $"1.1000.1000.{seq}";

    public long Generation => 1000;

    public long FirstSeq => seq;

    public long Seq => seq;

    public SignalRText Part { get; } = new(text);
}

/// <summary>A text within either.</summary>
internal sealed record SignalRText(string Text)
{
    public string Type => "text";
}
