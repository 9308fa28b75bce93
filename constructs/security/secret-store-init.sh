# Initialises Vault or OpenBao once, and prepares what nobody could do without its root token. It may run again at any
# time, and goes on where it was interrupted: until everything is done the root token waits in Secrets Manager, which
# nobody but this job's role reads; then it is revoked, and what stays there are the recovery keys.
set -euo pipefail
umask 077
cd "$HOME"
printf '%s' "$CA" > ca.crt

say() { printf '%s\n' "$*"; }
give_up() { say "$*" >&2; exit 1; }

# What is secret travels in files: arguments are seen by every process of a node.
call() { curl --silent --show-error --fail --cacert ca.crt --connect-timeout 5 --max-time 60 "$@"; }
as_root() { call --header @token "$@"; }
send() { as_root --output /dev/null --header 'Content-Type: application/json' --request POST --data "$2" "$ADDRESS/v1/$1"; }
field() { sed -n "s/.*\"$1\" *: *\"\([^\"]*\)\".*/\1/p"; }
keep() { aws secretsmanager put-secret-value --secret-id "$SECRET" --secret-string "file://$1" --output text --query ARN > /dev/null; }

# A secret that nobody has put anything into yet is not an error, everything else is.
kept() {
  if ! aws secretsmanager get-secret-value --secret-id "$SECRET" --output text --query SecretString > kept 2> problem; then
    grep -q ResourceNotFoundException problem || give_up "Secrets Manager does not answer for $SECRET: $(cat problem)"
    : > kept
  fi
}

status=''
for _ in $(seq "$ATTEMPTS"); do
  if status=$(call "$ADDRESS/v1/sys/init" 2> problem); then break; fi
  sleep 5
done
[ -n "$status" ] || give_up "$ADDRESS does not answer: $(cat problem). Look at the pods of the secret store and their events."

kept
case "$status" in
  *'"initialized":false'*)
    [ -s kept ] && give_up "$SECRET holds recovery keys already, but $ADDRESS is empty. Restore its volumes from a backup, or delete the secret's value to begin anew."
    say 'Initialising.'
    call --output kept --request POST --data '{"recovery_shares":5,"recovery_threshold":3}' "$ADDRESS/v1/sys/init"
    keep kept
    ;;
  *)
    [ -s kept ] || give_up "$ADDRESS was initialised by somebody else: $SECRET is empty. Put its recovery keys there, as {\"recovery_keys\":[...]}, and this job has nothing left to do."
    ;;
esac

token=$(field root_token < kept)
if [ -z "$token" ]; then
  say 'Initialised and prepared already.'
  exit 0
fi
printf 'X-Vault-Token: %s\n' "$token" > token

for _ in $(seq "$ATTEMPTS"); do
  if as_root --output /dev/null "$ADDRESS/v1/sys/mounts" 2> problem; then break; fi
  sleep 5
done
mounts=$(as_root "$ADDRESS/v1/sys/mounts") || give_up "$ADDRESS does not take its own root token: is it sealed? $(cat problem)"

if [ "$AUDIT" = api ]; then
  audits=$(as_root "$ADDRESS/v1/sys/audit")
  case "$audits" in
    *'"stdout/"'*) ;;
    *) say 'Switching the audit log on.'; send sys/audit/stdout '{"type":"file","options":{"file_path":"stdout"}}' ;;
  esac
fi
auths=$(as_root "$ADDRESS/v1/sys/auth")
case "$auths" in
  *'"kubernetes/"'*) ;;
  *) say 'Letting service accounts of the cluster sign in.'; send sys/auth/kubernetes '{"type":"kubernetes"}' ;;
esac
send auth/kubernetes/config "$KUBERNETES"
case "$mounts" in
  *'"secret/"'*) ;;
  *) say 'Making the key-value store at secret/.'; send sys/mounts/secret '{"type":"kv","options":{"version":"2"}}' ;;
esac

say 'Revoking the root token.'
send auth/token/revoke-self '{}'
sed 's/"root_token" *: *"[^"]*"/"root_token":""/' kept > final
keep final
say 'Initialised and prepared. The recovery keys are in Secrets Manager.'
