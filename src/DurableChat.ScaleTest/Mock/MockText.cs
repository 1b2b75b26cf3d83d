using System.Text;

namespace DurableChat.ScaleTest.Mock;

/// <summary>Chunks as text.</summary>
internal static class MockText
{
    public static string Join(IReadOnlyList<ReadOnlyMemory<byte>> chunks)
    {
        var text = new StringBuilder();
        foreach (var chunk in chunks)
        {
            text.Append(Encoding.ASCII.GetString(chunk.Span));
        }

        return text.ToString();
    }
}
