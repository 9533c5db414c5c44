import type { JsonValue } from '@app/domain';
import type { JsonSchema } from '@app/http-api';

/** The part of OpenAPI 3.1 that the document uses. */
export interface OpenApiHeader {
  readonly description: string;
  readonly schema: JsonSchema;
}
export interface OpenApiExample {
  readonly summary?: string;
  readonly value: JsonValue;
}
export interface OpenApiMedia {
  readonly schema: JsonSchema;
  readonly example?: JsonValue;
  readonly examples?: Readonly<Record<string, OpenApiExample>>;
}
export interface OpenApiResponse {
  readonly description: string;
  readonly headers?: Readonly<Record<string, OpenApiHeader>>;
  /** Absent if the response has no body. */
  readonly content?: Readonly<Record<string, OpenApiMedia>>;
}
export interface OpenApiParameter {
  readonly name: string;
  readonly in: 'path' | 'query' | 'header' | 'cookie';
  readonly required: boolean;
  readonly description?: string;
  readonly schema: JsonSchema;
  readonly example?: JsonValue;
}
export interface OpenApiBody {
  readonly required: boolean;
  readonly content: Readonly<Record<string, OpenApiMedia>>;
}
export type OpenApiSecurity = readonly Readonly<Record<string, readonly string[]>>[];
export interface OpenApiOperation {
  readonly operationId: string;
  readonly tags: readonly string[];
  readonly summary: string;
  readonly description?: string;
  readonly security: OpenApiSecurity;
  readonly parameters: readonly OpenApiParameter[];
  readonly requestBody?: OpenApiBody;
  /** By status. */
  readonly responses: Readonly<Record<string, OpenApiResponse>>;
  /** The permission that the backend key needs. */
  readonly 'x-required-permission'?: string;
  /** Needed in addition if the body has the field. */
  readonly 'x-field-permissions'?: Readonly<Record<string, string>>;
  /** The id of the operation that does the same under another method or path. */
  readonly 'x-same-as'?: string;
}
export type OpenApiMethod = 'get' | 'post' | 'put' | 'patch' | 'delete';
export type OpenApiPathItem = Readonly<Partial<Record<OpenApiMethod, OpenApiOperation>>>;
export interface OpenApiTag {
  readonly name: string;
  readonly description: string;
}
export interface OpenApiDocument {
  readonly openapi: '3.1.0';
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly servers: readonly { readonly url: string }[];
  readonly tags: readonly OpenApiTag[];
  readonly 'x-tagGroups': readonly { readonly name: string; readonly tags: readonly string[] }[];
  readonly paths: Readonly<Record<string, OpenApiPathItem>>;
  readonly components: {
    readonly schemas: Readonly<Record<string, JsonSchema>>;
    readonly securitySchemes: Readonly<Record<string, Readonly<Record<string, string>>>>;
  };
}

/** One operation with its path and method. */
export interface PlacedOperation {
  readonly path: string;
  readonly method: OpenApiMethod;
  readonly operation: OpenApiOperation;
}
