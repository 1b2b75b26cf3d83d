using System.IO.Hashing;
using DurableChat.ScaleTest.Wire;

namespace DurableChat.ScaleTest.Checking;

/// <summary>
/// The parts of an answer on a screen, as hashes of what they join to: a message must begin with exactly that.
/// </summary>
internal sealed class Preview
{
    private readonly XxHash64 _text = new();
    private readonly XxHash64 _reasoning = new();
    private int _textLength;
    private int _reasoningLength;

    public long Generation { get; private set; }

    /// <summary>The last part number; 0 if there are no parts.</summary>
    public long Seq { get; private set; }

    public void Add(WireEvent part)
    {
        Generation = part.Generation;
        Seq = part.Seq;
        if (part.Text is null)
        {
            return;
        }

        if (part.IsReasoning)
        {
            _reasoning.Append(part.Text);
            _reasoningLength += part.Text.Length;
        }
        else
        {
            _text.Append(part.Text);
            _textLength += part.Text.Length;
        }
    }

    public void Clear()
    {
        Seq = 0;
        _textLength = _reasoningLength = 0;
        _text.Reset();
        _reasoning.Reset();
    }

    public bool IsBeginningOf(WireMessage message) =>
        IsBeginning(_text, _textLength, message.Text.Span)
            && IsBeginning(_reasoning, _reasoningLength, message.Reasoning.Span);

    private static bool IsBeginning(XxHash64 shown, int length, ReadOnlySpan<byte> whole) =>
        length <= whole.Length && XxHash64.HashToUInt64(whole[..length]) == shown.GetCurrentHashAsUInt64();
}
