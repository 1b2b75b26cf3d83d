using System.Buffers;

namespace DurableChat.ScaleTest.Mock;

/// <summary>
/// How one answer looks in one of the APIs. The stream is begun, gets its chunks in order, and is ended.
/// </summary>
internal interface IMockFormat
{
    void WriteBegin(IBufferWriter<byte> output);

    void WriteReasoning(IBufferWriter<byte> output, ReadOnlySpan<byte> text);

    void WriteText(IBufferWriter<byte> output, ReadOnlySpan<byte> text);

    void WriteToolCall(IBufferWriter<byte> output, int index, MockToolCall call);

    void WriteEnd(IBufferWriter<byte> output);

    /// <summary>The whole answer, for a request that wants no stream.</summary>
    object Whole();
}
