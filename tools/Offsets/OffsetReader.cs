// SPDX-License-Identifier: MIT
using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Hypervisor.Offsets;

/// <summary>
/// Reads the types marked [AssemblyOffsets] from an assembly's metadata; nothing of it is loaded or run.
/// </summary>
internal sealed class OffsetReader
{
    private const string OffsetsAttribute = "AssemblyOffsetsAttribute";
    private const string SizeAttribute = "ExpectedSizeAttribute";

    private readonly MetadataReader _metadata;
    private readonly IDictionary<string, string> _definitions;

    private OffsetReader(MetadataReader metadata, IDictionary<string, string> definitions)
    {
        _metadata = metadata;
        _definitions = definitions;
    }

    /// <summary>
    /// Adds what the assembly at <paramref name="path"/> defines; a mistake is an InvalidDataException.
    /// </summary>
    public static void Read(string path, IDictionary<string, string> definitions)
    {
        using var file = new PEReader(File.OpenRead(path));
        MetadataReader metadata = file.GetMetadataReader();
        var reader = new OffsetReader(metadata, definitions);
        foreach (TypeDefinitionHandle handle in metadata.TypeDefinitions)
        {
            reader.ReadType(metadata.GetTypeDefinition(handle));
        }
    }

    private void ReadType(TypeDefinition type)
    {
        bool marked = TryReadArgument(
            type, OffsetsAttribute, static (ref BlobReader blob) => blob.ReadSerializedString(), out string? prefix);
        if (!marked || prefix == null)
        {
            return;
        }

        string name = _metadata.GetString(type.Name);
        if (IsStruct(type))
        {
            ReadStruct(type, name, prefix);
        }
        else
        {
            ReadConstants(type, prefix);
        }
    }

    private void ReadStruct(TypeDefinition type, string name, string prefix)
    {
        if ((type.Attributes & TypeAttributes.LayoutMask) != TypeAttributes.ExplicitLayout)
        {
            throw new InvalidDataException($"{name} is marked [AssemblyOffsets] but its layout is not explicit");
        }

        if (!TryReadArgument(type, SizeAttribute, static (ref BlobReader blob) => blob.ReadInt32(), out int size))
        {
            throw new InvalidDataException($"{name} is marked [AssemblyOffsets] but states no [ExpectedSize]");
        }

        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            FieldDefinition field = _metadata.GetFieldDefinition(handle);
            if ((field.Attributes & FieldAttributes.Static) == 0)
            {
                Add(prefix, _metadata.GetString(field.Name), field.GetOffset().ToString());
            }
        }

        Add(prefix, "Size", size.ToString());
    }

    private void ReadConstants(TypeDefinition type, string prefix)
    {
        foreach (FieldDefinitionHandle handle in type.GetFields())
        {
            FieldDefinition field = _metadata.GetFieldDefinition(handle);
            if (!field.GetDefaultValue().IsNil)
            {
                Constant constant = _metadata.GetConstant(field.GetDefaultValue());
                object? value = _metadata.GetBlobReader(constant.Value).ReadConstant(constant.TypeCode);
                string? text = value switch
                {
                    ulong number => $"0x{number:x}",
                    byte or sbyte or short or ushort or int or uint or long => Convert.ToInt64(value).ToString(),
                    _ => null,
                };
                if (text != null)
                {
                    Add(prefix, _metadata.GetString(field.Name), text);
                }
            }
        }
    }

    private void Add(string prefix, string member, string value)
    {
        string name = $"{prefix}_{OffsetFile.ToMacroName(member)}";
        if (!_definitions.TryAdd(name, value))
        {
            throw new InvalidDataException($"{name} is defined twice");
        }
    }

    private bool IsStruct(TypeDefinition type) => NameOf(type.BaseType) == "ValueType";

    private delegate T ReadArgument<T>(ref BlobReader blob);

    private bool TryReadArgument<T>(TypeDefinition type, string attributeName, ReadArgument<T> read, out T? argument)
    {
        foreach (CustomAttributeHandle handle in type.GetCustomAttributes())
        {
            CustomAttribute attribute = _metadata.GetCustomAttribute(handle);
            if (AttributeName(attribute) == attributeName)
            {
                BlobReader blob = _metadata.GetBlobReader(attribute.Value);
                _ = blob.ReadUInt16(); // the prolog, always 1
                argument = read(ref blob);
                return true;
            }
        }

        argument = default;
        return false;
    }

    private string AttributeName(CustomAttribute attribute) => attribute.Constructor.Kind switch
    {
        HandleKind.MemberReference =>
            NameOf(_metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent),
        HandleKind.MethodDefinition =>
            NameOf(_metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType()),
        _ => "",
    };

    private string NameOf(EntityHandle type) => type.Kind switch
    {
        HandleKind.TypeReference => _metadata.GetString(_metadata.GetTypeReference((TypeReferenceHandle)type).Name),
        HandleKind.TypeDefinition => _metadata.GetString(_metadata.GetTypeDefinition((TypeDefinitionHandle)type).Name),
        _ => "",
    };
}
