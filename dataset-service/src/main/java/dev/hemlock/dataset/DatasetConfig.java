package dev.hemlock.dataset;

import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import java.nio.file.Path;
import java.util.Optional;
import java.util.OptionalLong;

/** What the dataset service may read, and how much. */
@ConfigMapping(prefix = "hemlock.dataset")
public interface DatasetConfig {

  /** The directory that imports by path are confined to. Unset: such imports are refused. */
  Optional<Path> importRoot();

  /** Where uploads and decoded images wait during an import. Unset: the system's default. */
  Optional<Path> tempDir();

  /** Imports that decode at the same time; further ones wait. */
  @WithDefault("2")
  int concurrentImports();

  /** What one import may cost. */
  LimitsConfig limits();

  /** See {@link Limits}. */
  interface LimitsConfig {

    /** Bytes of the source as it comes: 8 GiB. */
    @WithDefault("8589934592")
    long sourceBytes();

    /** Files and folders in an archive or a directory. */
    @WithDefault("500000")
    int entries();

    /** Bytes of all entries together, unpacked: 32 GiB. */
    @WithDefault("34359738368")
    long unpackedBytes();

    /** Unpacked bytes a source byte, checked above 16 MiB unpacked. */
    @WithDefault("200")
    int compressionRatio();

    /** Bytes of one JPEG or PNG file: 32 MiB. */
    @WithDefault("33554432")
    int imageFileBytes();

    /** Pixels of one image before any resize. */
    @WithDefault("25000000")
    int imagePixels();

    /** Bytes of all images together, decoded and resized: 32 GiB. */
    @WithDefault("34359738368")
    long decodedBytes();
  }

  /** What one tenant may hold. */
  QuotaConfig quota();

  /** See {@link StorageQuota}. */
  interface QuotaConfig {

    /** Bytes of a tenant's blobs beyond which imports are refused. Unset: any number. */
    OptionalLong storedBytes();
  }

  /** Whose approvals count. */
  AdmissionConfig admission();

  /** See {@link Admissions}. */
  interface AdmissionConfig {

    /** A PEM file of the Ed25519 public keys whose approvals count. Unset: none do. */
    Optional<Path> publicKeys();
  }

  /** The limits as a value. */
  default Limits toLimits() {
    return new Limits(
        limits().sourceBytes(),
        limits().entries(),
        limits().unpackedBytes(),
        limits().compressionRatio(),
        limits().imageFileBytes(),
        limits().imagePixels(),
        limits().decodedBytes());
  }
}
