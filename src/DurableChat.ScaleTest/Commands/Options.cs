using System.CommandLine;
using System.Globalization;

namespace DurableChat.ScaleTest.Commands;

/// <summary>Options that check what they are given.</summary>
internal static class Options
{
    /// <summary>A whole number in a range.</summary>
    public static Option<int> Number(string name, string description, int normal, int least, int most)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => normal };
        option.Validators.Add(result =>
        {
            if (result.Tokens is [{ Value: var text }]
                && (!int.TryParse(text, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number)
                    || number < least
                    || number > most))
            {
                result.AddError($"{name} is a whole number from {least} to {most}.");
            }
        });
        return option;
    }

    /// <summary>A probability.</summary>
    public static Option<double> Rate(string name, string description)
    {
        var option = new Option<double>(name)
        {
            Description = description + " From 0 to 1.",
            CustomParser = result => Parse(result.Tokens.Count == 1 ? result.Tokens[0].Value : "") is { } rate
                ? rate
                : Refuse(result, $"{name} is a number from 0 to 1."),
        };
        return option;
    }

    /// <summary>Refuses an empty text, which is what a script's unset variable leaves.</summary>
    public static void RequireText<T>(Option<T> option) => option.Validators.Add(result =>
    {
        if (result.Tokens.Any(token => string.IsNullOrWhiteSpace(token.Value)))
        {
            result.AddError($"{option.Name} must not be empty.");
        }
    });

    private static double? Parse(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && number is >= 0 and <= 1 ? number : null;

    private static double Refuse(System.CommandLine.Parsing.ArgumentResult result, string why) =>
        Refuse<double>(result, why);

    private static T Refuse<T>(System.CommandLine.Parsing.ArgumentResult result, string why)
        where T : struct
    {
        result.AddError(why);
        return default;
    }
}
