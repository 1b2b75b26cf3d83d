using DurableChat.Server.Text;

namespace DurableChat.Server.Terminal;

/// <summary>Writes rows in columns that programs can read too: without lines, and without truncation.</summary>
internal static class PlainTable
{
    public static void Write(TextWriter output, IReadOnlyList<string[]> rows)
    {
        foreach (var row in rows)
        {
            var cells = row.Select((cell, column) => column == row.Length - 1 ? Printable.Line(cell) : Printable.Line(cell).PadRight(rows.Max(other => Printable.Line(other[column]).Length)));
            output.WriteLine(string.Join("  ", cells).TrimEnd());
        }
    }
}
