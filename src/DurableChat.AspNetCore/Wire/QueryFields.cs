using System.Reflection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace DurableChat.AspNetCore.Wire;

/// <summary>
/// Refuses query fields that an endpoint does not know, as unknown body fields are refused: a misspelt field would
/// silently have no effect. An endpoint knows the optional parameters of its handler, which the API's description also
/// shows, and the fields declared with <see cref="QueryField"/>.
/// </summary>
internal static class QueryFields
{
    /// <summary>Adds the check to all endpoints of a group.</summary>
    public static RouteGroupBuilder RefuseUnknown(RouteGroupBuilder group)
    {
        group.AddEndpointFilterFactory((factory, next) =>
        {
            var names = factory.MethodInfo.GetParameters().Where(IsField).Select(parameter => parameter.Name!).ToHashSet(StringComparer.OrdinalIgnoreCase);
            return context => FindUnknown(context.HttpContext, names) is { } unknown
                ? ValueTask.FromResult<object?>(Problems.UnknownQueryField(unknown, Known(context.HttpContext, names)))
                : next(context);
        });
        return group;
    }

    private static bool IsField(ParameterInfo parameter) => parameter.ParameterType == typeof(string) && parameter.HasDefaultValue;

    private static string? FindUnknown(HttpContext context, HashSet<string> names)
    {
        // Most requests have no query at all.
        if (!context.Request.QueryString.HasValue)
        {
            return null;
        }

        foreach (var name in context.Request.Query.Keys)
        {
            if (!names.Contains(name) && !Declared(context).Any(field => string.Equals(field.Name, name, StringComparison.OrdinalIgnoreCase)))
            {
                return name;
            }
        }

        return null;
    }

    private static IEnumerable<string> Known(HttpContext context, HashSet<string> names) => names.Concat(Declared(context).Select(field => field.Name)).Order(StringComparer.Ordinal);

    private static IReadOnlyList<QueryField> Declared(HttpContext context) => context.GetEndpoint()?.Metadata.GetOrderedMetadata<QueryField>() ?? [];
}

/// <summary>A query field that an endpoint accepts although its handler has no parameter for it.</summary>
/// <param name="Name">The field.</param>
internal sealed record QueryField(string Name);
