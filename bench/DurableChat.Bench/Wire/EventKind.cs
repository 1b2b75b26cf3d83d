namespace DurableChat.Bench.Wire;

/// <summary>What is published.</summary>
internal enum EventKind
{
    /// <summary>A committed message whose JSON has <see cref="EventText.MessageBytes"/> bytes.</summary>
    Message,

    /// <summary>A part of an answer in flight: a text of <see cref="EventText.PartChars"/> characters.</summary>
    Part,
}
