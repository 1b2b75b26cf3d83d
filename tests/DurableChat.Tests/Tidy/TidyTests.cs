using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Xunit;

namespace DurableChat.Tests.Tidy;

/// <summary>The house style, as far as a test can check it.</summary>
public sealed partial class TidyTests
{
    private const int MaxFilesBesideFolders = 12;
    private const int MaxLinesOfMethod = 70;
    private const int MaxColumns = 120;

    /// <summary>Methods that were longer when this test began. The list may only shrink.</summary>
    private static readonly string[] _longMethods =
    [
        "LlmMockCommand.Create",
        "MockServer.Build",
        "ProviderConnection.PostAsync",
        "RecorderCommand.Create",
        "ScaleTestCommand.Create",
        "TestBed.StartOwnAsync",
    ];

    private static readonly string[] _folders = ["src", "lab", "tests", "bench"];

    [Fact]
    public void No_project_has_more_than_a_dozen_files_beside_its_folders()
    {
        var crowded = _folders.Select(folder => Path.Combine(Repository.Root, folder)).Where(Directory.Exists)
            .SelectMany(Directory.GetDirectories)
            .Where(project => Directory.GetFiles(project).Length > MaxFilesBesideFolders);
        Assert.Empty(crowded);
    }

    [Fact]
    public void No_method_of_the_product_has_more_than_70_lines() =>
        Assert.Empty(from file in Repository.Sources("src")
                     from method in Parse(file).DescendantNodes().Where(IsMethod)
                     let name = $"{Path.GetFileNameWithoutExtension(file)}.{NameOf(method)}"
                     where LinesOf(method) > MaxLinesOfMethod && !_longMethods.Contains(name)
                     select $"{name} has {LinesOf(method)} lines");

    /// <summary>Text between three quotation marks, such as SQL, is wrapped as its own language asks.</summary>
    [Fact]
    public void No_line_of_the_product_has_more_than_120_columns()
    {
        var tooLong = new List<string>();
        foreach (var file in Repository.Sources("src"))
        {
            var lines = File.ReadAllLines(file);
            if (lines.All(line => line.Length <= MaxColumns))
            {
                continue;
            }

            var raw = Parse(file)
                .DescendantNodesAndTokens()
                .Where(IsRawText)
                .Select(node => node.GetLocation()!.GetLineSpan())
                .ToList();
            tooLong.AddRange(
                from line in Enumerable.Range(0, lines.Length)
                where lines[line].Length > MaxColumns
                    && !raw.Any(text => text.StartLinePosition.Line <= line && line <= text.EndLinePosition.Line)
                select $"{file}({line + 1})");
        }

        Assert.Empty(tooLong);
    }

    /// <summary>The words of the style guide that are wrong in every sentence, in comments and in texts.</summary>
    [Fact]
    public void No_comment_or_text_of_the_product_has_a_word_that_readers_stumble_over() =>
        Assert.Empty(from file in Repository.Sources("src")
                     from line in File.ReadLines(file).Select((text, index) => (Text: text, Number: index + 1))
                     from Match word in Stumble().Matches(line.Text)
                     select $"{file}({line.Number}): {word.Value}");

    private static SyntaxNode Parse(string file) =>
        CSharpSyntaxTree.ParseText(File.ReadAllText(file), new CSharpParseOptions(LanguageVersion.Preview)).GetRoot();

    private static bool IsMethod(SyntaxNode node) =>
        node is BaseMethodDeclarationSyntax or LocalFunctionStatementSyntax or AccessorDeclarationSyntax;

    private static int LinesOf(SyntaxNode method)
    {
        var span = method.GetLocation().GetLineSpan();
        return span.EndLinePosition.Line - span.StartLinePosition.Line + 1;
    }

    private static string NameOf(SyntaxNode method) => method switch
    {
        MethodDeclarationSyntax named => named.Identifier.Text,
        LocalFunctionStatementSyntax named => named.Identifier.Text,
        _ => method.Kind().ToString(),
    };

    private static bool IsRawText(SyntaxNodeOrToken node) =>
        node.Kind() is SyntaxKind.MultiLineRawStringLiteralToken or SyntaxKind.SingleLineRawStringLiteralToken
        || node.AsNode() is InterpolatedStringExpressionSyntax text
            && text.StringStartToken.Text.Contains("\"\"\"", StringComparison.Ordinal);

    [GeneratedRegex(
        @"\b(?:anew|for good|whoever|somebody|once more|makes of it|what came of)\b", RegexOptions.IgnoreCase)]
    private static partial Regex Stumble();
}
