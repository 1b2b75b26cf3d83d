using System.Text.Json.Serialization;
using DurableChat.Chats;
using Microsoft.OpenApi;

namespace DurableChat.Server.Http;

/// <summary>
/// The OpenAPI document, corrected where the generator differs from what is sent over the wire, since programs generate
/// their types from it.
/// </summary>
internal static class ApiDescription
{
    public static void Add(IServiceCollection services)
    {
        // Otherwise the generator would describe numbers as numbers or strings.
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.NumberHandling = JsonNumberHandling.Strict);
        services.AddOpenApi("v1", openApi => openApi
            .AddSchemaTransformer((schema, context, _) =>
            {
                if (context.JsonTypeInfo.Type == typeof(ChatId))
                {
                    schema.Type = JsonSchemaType.String;
                    schema.Pattern = "^[0-9a-f]{32}$";
                }

                return Task.CompletedTask;
            })
            .AddDocumentTransformer((document, _, _) =>
            {
                document.Info = new()
                {
                    Title = "DurableChat",
                    Version = "v1",
                    Description = "Durable chats with resumable streams.",
                };
                document.Servers = null;
                foreach (var (name, schema) in document.Components?.Schemas ?? new Dictionary<string, IOpenApiSchema>())
                {
                    if (schema is OpenApiSchema own)
                    {
                        Correct(own);
                        ApiTexts.Describe(name, own);
                    }
                }

                return Task.CompletedTask;
            }));
    }

    /// <summary>Both the server and its callers omit null members.</summary>
    private static void Correct(OpenApiSchema schema)
    {
        if (schema.Enum is { } values)
        {
            schema.Enum = [.. values.Where(
                value => value is not null && value.GetValueKind() != System.Text.Json.JsonValueKind.Null)];
        }

        // The member that distinguishes the types of parts is always present.
        if (schema.Properties?.TryGetValue("type", out var type) == true && type is OpenApiSchema { Enum.Count: 1 })
        {
            (schema.Required ??= new HashSet<string>(StringComparer.Ordinal)).Add("type");
        }

        foreach (var (name, property) in schema.Properties?.ToArray() ?? [])
        {
            if (property is not OpenApiSchema own)
            {
                continue;
            }

            if (own.OneOf is [OpenApiSchema { Type: JsonSchemaType.Null }, var other])
            {
                schema.Properties![name] = other;
                schema.Required?.Remove(name);
            }
            else if (own.Type is { } types && types.HasFlag(JsonSchemaType.Null))
            {
                own.Type = types & ~JsonSchemaType.Null;
                schema.Required?.Remove(name);
            }
        }
    }
}
